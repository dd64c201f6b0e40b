/* The form made quicker: lines of the tariff are suggested while one types (the combobox of the ARIA Authoring
   Practices), only programmes that the origin may claim are shown, the answer can be printed and its link copied.
   Without it the form asks and answers in the same way. */
(() => {
  "use strict";
  const PAUSE = 180, MOST = 8, FEWEST = 2;

  /* 8429511050 as 8429.51.10.50 */
  const dotted = (code) => [code.slice(0, 4), code.slice(4, 6), code.slice(6, 8), code.slice(8, 10)].filter(Boolean).join(".");
  const made = (tag, attributes, ...inside) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...inside);
    return node;
  };

  const suggest = (combo) => {
    const input = combo.querySelector("input");
    const list = made("ul", { id: "lines", role: "listbox", "aria-label": combo.dataset.label, hidden: "" });
    const status = made("p", { role: "status", class: "away" });
    const importer = document.getElementById("importer");
    let asked, waiting, at = -1;
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "lines",
    })) input.setAttribute(name, value);
    combo.append(list, status);

    const close = () => {
      list.hidden = true;
      at = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const mark = (next) => {
      const all = [...list.children];
      at = (next + all.length) % all.length;
      all.forEach((one, number) => one.setAttribute("aria-selected", String(number === at)));
      all[at].scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", all[at].id);
    };
    const take = (option) => {
      input.value = option.dataset.code;
      close();
      status.textContent = "";
      const hint = document.getElementById("product-said");
      hint.className = "hint";
      hint.lang = "en";
      hint.textContent = option.title;
      input.removeAttribute("aria-invalid");
      input.closest(".field").classList.remove("wrong");
    };
    const option = (line, number) => {
      const path = line.description.replaceAll(":", "").split(" > ");
      const whole = path.join(" › ");
      let own = path.pop();
      while (path.length && /^(other|new|used|used or rebuilt|other than new)( ›|$)/i.test(own)) own = `${path.pop()} › ${own}`;
      const digits = importer.value === "USA" ? line.product : line.product.slice(0, 6);
      const node = made("li", { role: "option", id: `line-${number}`, "aria-selected": "false", title: whole },
        made("span", { class: "code" }, dotted(digits)), " ", own,
        made("span", { class: "words" }, path.join(" › ")));
      node.dataset.code = dotted(digits);
      return node;
    };
    const show = (found) => {
      const options = [];
      for (const line of found.products) {
        const one = option(line, options.length);
        if (!options.some((other) => other.dataset.code === one.dataset.code)) options.push(one);
      }
      list.replaceChildren(...options);
      list.lang = "en";
      at = -1;
      list.hidden = options.length === 0;
      input.setAttribute("aria-expanded", String(options.length > 0));
      input.removeAttribute("aria-activedescendant");
      status.textContent = options.length ? combo.dataset.found.replace("#", found.total) : combo.dataset.none;
    };
    const ask = async () => {
      asked?.abort();
      asked = new AbortController();
      const text = input.value.trim();
      if (text.length < FEWEST || !/[\p{L}\p{N}]/u.test(text)) { close(); return; }
      const query = new URLSearchParams({ q: text, limit: MOST });
      try {
        const answer = await fetch(`${combo.dataset.search}?${query}`, { signal: asked.signal });
        if (answer.ok && document.activeElement === input) show(await answer.json());
      } catch { /* the next letter asks again, and the form itself always answers */ }
    };

    input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, PAUSE); });
    input.addEventListener("blur", () => { clearTimeout(waiting); close(); });
    input.addEventListener("keydown", (event) => {
      const moves = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1 };
      if (event.key in moves && list.hidden && event.key === "ArrowDown") ask();
      if (list.hidden) return;
      if (event.key in moves) mark(moves[event.key]);
      else if (event.key === "Enter" && at >= 0) take(list.children[at]);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
    });
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const one = event.target.closest("li");
      if (one) take(one);
    });
  };

  /* The programmes of the origin that is typed now: names of countries lead to codes by the list of the form. */
  const claims = (box) => {
    const origin = document.getElementById("origin");
    const codes = new Map();
    for (const one of document.querySelectorAll("#countries option")) {
      codes.set(one.value.toLowerCase(), one.dataset.code);
      codes.set(one.dataset.code.toLowerCase(), one.dataset.code);
    }
    const sort = () => {
      const code = codes.get(origin.value.trim().toLowerCase());
      let any = false;
      for (const label of box.querySelectorAll("label[data-origins]")) {
        const fits = code !== undefined && label.dataset.origins.split(" ").includes(code);
        label.hidden = !fits;
        any ||= fits;
        const radio = label.querySelector("input");
        if (!fits && radio.checked) box.querySelector("input[value='']").checked = true;
      }
      box.hidden = !any;
    };
    origin.addEventListener("input", sort);
    origin.addEventListener("change", sort);
  };

  const button = (text, pressed) => {
    const node = made("button", { type: "button", class: "quiet" }, text);
    node.addEventListener("click", () => pressed(node));
    return node;
  };

  document.querySelectorAll("[data-search]").forEach(suggest);
  document.querySelectorAll("#claims").forEach(claims);
  document.querySelectorAll("[data-print]").forEach((place) => {
    place.append(button(place.dataset.print, () => window.print()));
  });
  document.querySelectorAll("a[data-copy]").forEach((link) => {
    if (!navigator.clipboard) return;
    link.after(" ", button(link.dataset.copy, async (node) => {
      await navigator.clipboard.writeText(link.href);
      node.textContent = link.dataset.copied;
    }));
  });
})();
