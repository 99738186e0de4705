// What a link leads to stays in view while the page around it takes its final size: cells and boxes are laid out when
// they come near (ground-up.css), and fonts arrive. From the reader's next act on, the page stays where it is.
(() => {
  const [{ type }] = performance.getEntriesByType("navigation");
  let followed = type === "navigate"; // not a reload, nor the way back: there the browser restores the place
  const watch = new ResizeObserver(() => document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView());
  const settle = () => {
    watch.disconnect();
    if (followed && location.hash) watch.observe(document.querySelector("article"));
    followed = false;
  };
  for (const act of ["wheel", "touchstart", "pointerdown", "keydown"]) {
    addEventListener(act, () => watch.disconnect(), { passive: true });
  }
  addEventListener("click", (event) => { followed = !!event.target.closest?.("a[href*='#']"); }, true);
  addEventListener("hashchange", settle);
  if (window.document$) document$.subscribe(settle); // Material's: one event a page
  else settle();
})();
