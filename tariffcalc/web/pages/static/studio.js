/* The studio: the scenario is checked by the server as it is typed; Enter in a new change adds it. */
(() => {
  "use strict";
  const form = document.querySelector("form.studio");
  if (!form) return;
  const text = form.elements.namedItem("text");
  const entries = ["title", "importer", "preference", "content"];
  let waiting, asked = 0;

  const put = (name, value, sent) => {
    const entry = form.elements.namedItem(name), was = form.elements.namedItem(`was-${name}`);
    if (entry.value !== sent) return;
    if (entry !== document.activeElement) entry.value = value;
    if (entry.value === value) was.value = value;
  };

  const check = async () => {
    const turn = (asked += 1), data = new FormData(form);
    data.delete("table");
    data.delete("key");
    let found;
    try {
      const answer = await fetch(form.dataset.check, { method: "POST", body: data });
      if (!answer.ok) return;
      found = await answer.json();
    } catch { return; }
    if (turn !== asked) return;
    document.getElementById("checked").innerHTML = found.html;
    if (text.value.replaceAll("\r\n", "\n") === data.get("text").replaceAll("\r\n", "\n") && text.value !== found.text) {
      text.value = found.text;
    }
    for (const name of entries) if (name in found.fields) put(name, found.fields[name], data.get(name));
    if (found.ok) text.removeAttribute("aria-invalid"); else text.setAttribute("aria-invalid", "true");
    const kinds = ["TOML", "JSON"], other = document.getElementById("other");
    if (text.value.trimStart().startsWith("{")) kinds.reverse();
    text.labels[0].textContent = kinds[0];
    other.textContent = `Write as ${kinds[1]}`;
    other.value = kinds[1].toLowerCase();
  };
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(check, 400); };
  form.addEventListener("input", (event) => {
    if (event.target === text || entries.includes(event.target.name)) soon();
  });

  document.getElementById("add").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    document.querySelector("#add button").click();
  });

  const share = document.getElementById("share");
  if (share && navigator.clipboard) {
    const copy = document.createElement("button");
    copy.type = "button";
    copy.className = "quiet";
    copy.textContent = "Copy the link";
    copy.addEventListener("click", async () => {
      try { await navigator.clipboard.writeText(share.href); copy.textContent = "Copied"; } catch { location.assign(share.href); }
    });
    share.after(" ", copy);
  }
})();
