/* Ground Up: what the book keeps about its reader, in this browser and nowhere else.

   Under one key of localStorage: {version: 1, chapters: {path: {done, right, of}}, questions: {"path#id": "right" | "wrong"},
   stopped: {path, anchor, heading, when}, drills: {name: {outcome, score, used, late, clock, when}}}. What cannot be read is set aside under a second key by the first change; what a
   later version wrote is left alone. Only `reset` removes either. */
(() => {
  "use strict";

  const KEY = "ground-up";
  const ASIDE = "ground-up-damaged";
  const base = new URL("../../", document.currentScript.src).pathname;

  /** A page's name, the same on a server and in a folder: "part-1/04-similarity". */
  const path = ({ pathname }) =>
    pathname.replace(base, "").replace(/(index)?\.html$/, "").replace(/^\/+|\/+$/g, "") || "index";

  const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  const holds = {
    chapters: (entry) => isRecord(entry) && typeof entry.done === "string" && entry.right >= 0 && entry.of >= entry.right && entry.of > 0,
    questions: (entry) => entry === "right" || entry === "wrong",
    stopped: (entry) => typeof entry === "string",
    drills: (entry) => isRecord(entry) && typeof entry.outcome === "string" && entry.score >= 0 && entry.used >= 0 && typeof entry.when === "string",
  };

  /** What can be used of data from outside, and how many entries cannot. */
  const clean = (given) => {
    let odd = isRecord(given) ? 0 : 1;
    const data = { ...(odd ? {} : given), version: 1 };
    for (const part in holds) {
      const entries = Object.entries(isRecord(data[part]) ? data[part] : {});
      const sound = entries.filter(([, entry]) => holds[part](entry));
      odd += part in data && !isRecord(data[part]) ? 1 : entries.length - sound.length;
      data[part] = Object.fromEntries(sound);
    }
    return { data, odd };
  };

  let memory = clean({}).data; // stands in where the browser keeps nothing, or keeps what a later version wrote
  let refused = false;

  const look = () => {
    let text, aside, given;
    try {
      text = localStorage.getItem(KEY);
      aside = localStorage.getItem(ASIDE);
    } catch {
      refused = true;
    }
    if (refused) return { state: "refused", data: memory };
    try {
      given = JSON.parse(text ?? "{}");
    } catch {}
    if (given?.version > 1) return { state: "later", data: memory, given };
    const { data, odd } = clean(given);
    return { state: odd || aside ? "damaged" : "", data, damaged: odd && text };
  };

  const watchers = [];
  const tell = () => watchers.forEach((watcher) => watcher());

  /** Edit what is there now: another tab may have changed it since it was read last. */
  const change = (edit) => {
    const { state, data, damaged } = look();
    edit(data);
    memory = data;
    if (!state || state === "damaged") {
      const text = JSON.stringify(data);
      try {
        if (damaged) localStorage.setItem(ASIDE, damaged);
        localStorage.setItem(KEY, text);
        refused = localStorage.getItem(KEY) !== text;
      } catch {
        refused = true;
      }
    }
    tell();
  };

  const reset = () => {
    memory = clean({}).data;
    try {
      localStorage.removeItem(KEY);
      localStorage.removeItem(ASIDE);
      refused = false;
    } catch {}
    tell();
  };

  addEventListener("storage", tell); // another tab's change
  addEventListener("pageshow", tell); // back from the browser's own memory, where no such event arrives

  window.groundUp = {
    path, clean, look, change, reset,
    load: () => look().data,
    today: () => new Date().toLocaleDateString("sv"), // as in 2026-11-21
    /** Called after every change, in this tab or another. */
    watch: (watcher) => watchers.push(watcher),
    /** Called now and after each of Material's instant navigations, which may say "now" once more or, without a server, never. */
    onPage: (start) => {
      start();
      window.document$?.subscribe(start);
    },
  };
})();
