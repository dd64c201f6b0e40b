/* The page of a run: tells how far it is, brings the details when they are ready, sorts and filters without leaving. */
(() => {
  "use strict";
  const WORDS = { queued: "It waits for its turn.", running: "It is being worked out." };
  const later = (seconds) => new Promise((done) => { setTimeout(done, seconds * 1000); });

  const wait = document.getElementById("wait");
  const follow = async () => {
    const state = document.getElementById("state");
    for (;;) {
      await later(1);
      let run;
      try {
        const answer = await fetch(wait.dataset.run);
        if (!answer.ok) continue;
        run = await answer.json();
      } catch { continue; }
      if (!(run.status in WORDS)) { location.reload(); return; }
      if (state.textContent !== WORDS[run.status]) state.textContent = WORDS[run.status];
      document.getElementById("progress").value = run.progress;
      document.getElementById("percent").textContent = `${Math.round(run.progress * 100)}%`;
    }
  };
  if (wait && wait.dataset.status in WORDS) follow();

  const page = async (address) => {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(answer.status);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

  const details = async () => {
    for (let asked = 0; asked < 60; asked += 1) {
      const old = document.getElementById("details");
      if (!old || old.dataset.ready === "yes") return;
      try {
        const whole = await page(old.dataset.address), found = whole.getElementById("details");
        if (found && found.dataset.ready === "yes") {
          old.replaceWith(found);
          const tiles = whole.querySelector(".tiles"), before = document.querySelector(".tiles");
          if (tiles.children.length !== before.children.length) before.replaceWith(tiles);
          found.dispatchEvent(new Event("charts", { bubbles: true }));
          return;
        }
      } catch { /* asked again */ }
      await later(2);
    }
  };
  details();

  /* Sorting, filtering and paging: the server's answer takes the place of the table; the address follows. */
  let newest = 0, typing;
  const put = async (address, focus) => {
    newest += 1;
    const mine = newest;
    const found = (await page(address)).getElementById("rows");
    if (mine !== newest) return false;
    document.getElementById("rows").replaceWith(found);
    const target = focus && found.querySelector(focus);
    if (target) {
      target.focus();
      if (target.setSelectionRange) target.setSelectionRange(target.value.length, target.value.length);
    }
    return true;
  };
  const go = async (address, focus, change = "pushState") => {
    clearTimeout(typing);
    try {
      const whole = new URL(address, location.href).href;
      if (await put(whole, focus) && whole !== location.href) history[change]({ rows: true }, "", whole);
    } catch { location.assign(address); }
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("#rows a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    const head = link.closest("th");
    const place = head ? [...head.parentElement.children].indexOf(head) + 1 : 0;
    go(link.href, head ? `thead th:nth-child(${place}) a` : ".scroll");
  });

  const asked = (form) => `${form.getAttribute("action").split("#")[0]}?${new URLSearchParams(new FormData(form))}#rows`;
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("#rows form")) return;
    event.preventDefault();
    go(asked(event.target), "#q");
  });
  document.addEventListener("input", (event) => {
    if (!event.target.matches("#rows #q")) return;
    newest += 1; /* an answer on its way would undo what has been typed since it was asked for */
    clearTimeout(typing);
    const form = event.target.form;
    typing = setTimeout(() => { if (form.isConnected) go(asked(form), "#q", "replaceState"); }, 350);
  });
  addEventListener("popstate", () => { if (document.getElementById("rows")) put(location.href); });
})();
