/* Ground Up: where the reader stopped, and ticks in the navigation. What is kept, and where, is in store.js; the page "Your
   progress" brings a script of its own. */
(() => {
  "use strict";

  const { path, load, change, watch, onPage } = window.groundUp;
  const source = new URL("progress-page.js", document.currentScript.src);
  const find = (selector) => document.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

  /* ---- where the reader stopped ---- */

  let observer;

  /** Of a chapter, keep the last heading above the middle of the window. The observer speaks only when that changes. */
  const follow = () => {
    observer?.disconnect();
    const here = path(location);
    if (!/^part-\d+\//.test(here)) return;
    const headings = all("article :is(h1, h2, h3)");
    const passed = new Map();
    observer = new IntersectionObserver((entries) => {
      entries.forEach(({ target, isIntersecting }) => passed.set(target, isIntersecting));
      const last = headings.findLast((heading) => passed.get(heading));
      const anchor = last?.matches("h2, h3") ? last.id : "";
      const { stopped } = load();
      // Opening a chapter again does not lose the place in it.
      if (stopped.path === here && (!anchor || stopped.anchor === anchor)) return;
      const heading = anchor && last.textContent.replace(/¶$/, "").trim();
      change((data) => { data.stopped = { path: here, anchor, heading, when: new Date().toISOString() }; });
    }, { rootMargin: "9999999px 0px -50%" });
    headings.forEach((heading) => observer.observe(heading));
  };

  /** A link back, on pages that list the chapters. */
  const offer = ({ stopped }) => {
    const place = find(".continue");
    const chapter = place && all(".parts a").find((link) => path(link) === stopped.path);
    if (!chapter) return place?.replaceChildren();
    const words = [chapter.firstChild.data.replace(/^\d+ · /, ""), stopped.heading].filter(Boolean);
    const link = make("a", { href: chapter.href, textContent: `Continue: ${words.join(" · ")}` });
    link.hash = stopped.anchor;
    place.replaceChildren(link);
  };

  const tick = ({ chapters }) => all(".md-nav__link[href$='/'], .md-nav__link[href$='.html']").forEach((link) => {
    link.querySelector(".done")?.remove();
    if (path(link) in chapters) link.append(make("span", { className: "done", innerHTML: "<span> (done)</span>" }));
  });

  const show = () => {
    const data = load();
    tick(data);
    offer(data);
  };

  let brought = false;

  /** The page "Your progress" asks for its script, which no other page needs. */
  const bring = () => {
    if (brought || !find(".progress-page")) return;
    brought = true;
    document.head.append(make("script", { src: source }));
  };

  const start = () => {
    follow();
    show();
    bring();
  };

  watch(show);
  onPage(start);
})();
