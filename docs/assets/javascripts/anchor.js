// What a link leads to stays in view while the page around it takes its final size: cells and boxes are laid out when
// they come near (ground-up.css), and fonts arrive. From the reader's next act on, the page stays where it is.
(() => {
  // After a reload and on the way back the browser restores the place. Later the address is no help, for Material
  // writes the section in view into it.
  const [{ type }] = performance.getEntriesByType("navigation");
  let followed = type === "navigate" ? location.hash : "";
  let target;
  const watch = new ResizeObserver(() => target.scrollIntoView());
  const settle = () => {
    watch.disconnect();
    target = document.getElementById(decodeURIComponent(followed.slice(1)));
    if (target) watch.observe(document.querySelector("article"));
    followed = "";
  };
  for (const act of ["wheel", "touchstart", "pointerdown", "keydown"]) {
    addEventListener(act, () => watch.disconnect(), { passive: true });
  }
  addEventListener("click", (event) => { followed = event.target.closest?.("a[href*='#']")?.hash || ""; }, true);
  addEventListener("hashchange", settle);
  if (window.document$) document$.subscribe(settle); // Material's: one event a page
  else settle();
})();
