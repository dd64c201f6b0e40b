/* Turns the drawn pictures of a page into charts that answer to the pointer. Without it the pictures stay as they are.

   <figure data-chart="/address/of/the/spec.json"> <picture>...<img alt="..."></picture> ... </figure>
   <script src="charts.js" data-vega="/charts/vega.js" defer></script>
   The program that draws is fetched when the first chart comes into sight. */
(() => {
  "use strict";
  const vega = document.currentScript.dataset.vega;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const small = matchMedia("(max-width: 40rem)");
  const AGAIN = 2000, MOST = 60;
  const turns = new WeakMap();
  let loading;

  const program = () => {
    loading ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = vega;
      script.onload = () => done(window.vegaEmbed);
      script.onerror = failed;
      document.head.append(script);
    });
    return loading;
  };

  const address = (figure) => {
    const url = new URL(figure.dataset.chart, location.href);
    if (dark.matches) url.searchParams.set("theme", "dark");
    if (small.matches) url.searchParams.set("size", "small");
    return url;
  };

  /* While a picture is being worked out its address answers 409: ask again. */
  const fetched = async (url) => {
    for (let asked = 0; asked < MOST; asked += 1) {
      const answer = await fetch(url);
      if (answer.ok) return answer.json();
      if (answer.status !== 409 && answer.status !== 503) break;
      await new Promise((done) => { setTimeout(done, AGAIN); });
    }
    throw new Error("no chart");
  };

  /* The screen may change while a picture is on its way: only what was asked for last is shown. */
  const draw = async (figure) => {
    const turn = (turns.get(figure) ?? 0) + 1;
    turns.set(figure, turn);
    const picture = figure.querySelector("picture") ?? figure.querySelector("img");
    const image = figure.querySelector("img");
    try {
      const [spec, embed] = await Promise.all([fetched(address(figure)), program()]);
      const place = document.createElement("div");
      const inner = document.createElement("div");
      place.className = "drawn";
      place.setAttribute("role", "img");
      place.setAttribute("aria-label", image.alt);
      inner.setAttribute("aria-hidden", "true");
      place.append(inner);
      await embed(inner, spec, {
        ast: true, actions: false, renderer: "svg", defaultStyle: false,
        tooltip: { disableDefaultStyle: true },
      });
      if (turn !== turns.get(figure)) return;
      const before = figure.querySelector(".drawn");
      if (before) before.replaceWith(place); else picture.after(place);
      picture.hidden = true;
      figure.dataset.state = "drawn";
    } catch {
      if (turn !== turns.get(figure)) return;
      figure.dataset.state = "still";
      if (image.complete && image.naturalWidth === 0) image.src = image.src;
    }
  };

  const watch = new IntersectionObserver((seen) => {
    for (const one of seen.filter((each) => each.isIntersecting)) {
      watch.unobserve(one.target);
      draw(one.target);
    }
  }, { rootMargin: "300px" });

  const begin = (root) => root.querySelectorAll("figure[data-chart]").forEach((figure) => watch.observe(figure));
  const anew = () => document.querySelectorAll("figure[data-state]").forEach(draw);

  dark.addEventListener("change", anew);
  small.addEventListener("change", anew);
  document.addEventListener("charts", (event) => begin(event.target));
  begin(document);
})();
