/* Ground Up: shows beside a term what it means. Without this file a term is a link to its definition.

   The tips lie at the page's end; see src/groundup/book/tooltip.py. Everything is heard on the document, which stays
   where one page replaces another without loading. */
(() => {
  "use strict";

  const EDGE = 8; // pixels between a tip and the edge of the window
  const HEADER = 60; // pixels that the site's header may cover
  let term = null; // the link whose tip is open
  let tip = null;
  let tapped = null; // the link whose tip a finger is opening

  const termAt = (event) => event.target.closest?.("a.term");

  const close = () => {
    if (tip) tip.hidden = true;
    term = tip = null;
  };

  const open = (link, y) => {
    if (link === term) return;
    close();
    tip = document.getElementById(link.getAttribute("aria-describedby"));
    if (!tip) return;
    term = link;
    tip.hidden = false;
    // A term may run over two lines; the tip belongs to the one under the pointer.
    const lines = [...link.getClientRects()];
    const line = lines.find((box) => y >= box.top && y <= box.bottom) || lines[0];
    const origin = tip.offsetParent.getBoundingClientRect();
    const { width, height } = tip.getBoundingClientRect();
    const left = Math.max(EDGE, Math.min(line.left, document.documentElement.clientWidth - width - EDGE));
    const above = line.bottom + height > innerHeight && line.top - height > HEADER;
    tip.style.left = `${left - origin.left}px`;
    tip.style.top = `${(above ? line.top - height : line.bottom) - origin.top}px`;
  };

  // The tip touches its term, so that the pointer can go from one to the other.
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const link = termAt(event);
    if (link) open(link, event.clientY);
    else if (tip && !tip.contains(event.target) && term !== document.activeElement) close();
  });

  document.addEventListener("focusin", (event) => {
    const link = termAt(event);
    if (link) open(link);
    else if (tip && !tip.contains(event.target)) close();
  });

  document.addEventListener("keydown", (event) => {
    tapped = null;
    if (event.key === "Escape") close();
  });

  document.addEventListener("pointerdown", (event) => {
    const link = termAt(event);
    tapped = event.pointerType === "touch" && link !== term ? link : null;
    if (!link && tip && !tip.contains(event.target)) close();
  });

  // The first tap opens the tip, which holds the link; before Material hears of the click.
  addEventListener("click", (event) => {
    if (!tapped || termAt(event) !== tapped) return;
    event.preventDefault();
    event.stopPropagation();
    open(tapped, event.clientY);
    tapped = null;
  }, true);
})();
