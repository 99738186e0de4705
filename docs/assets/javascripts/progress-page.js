/* Ground Up: the page "Your progress", whose words are in theme/progress.html: what this browser keeps, its export, its
   import, and its end. What is kept, and where, is in store.js. */
(() => {
  "use strict";

  const { path, today, clean, look, change, reset, watch, onPage } = window.groundUp;
  const find = (selector) => document.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

  /* ---- the page ---- */

  const show = () => {
    const { state, data } = look();
    if (!find(".progress-page")) return;
    const book = { done: 0, chapters: 0, asked: 0, answered: 0, right: 0 };
    for (const bar of all("progress")) {
      bar.value = 0;
      for (const row of all("[data-quiz]", bar.closest(".part"))) {
        const key = path(row.querySelector("a"));
        const count = (ids) => {
          const results = ids.split(" ").map((id) => data.questions[`${key}#${id}`]).filter(Boolean);
          const right = results.filter((result) => result === "right").length;
          const asked = ids && ids.split(" ").length;
          book.asked += +asked;
          book.answered += results.length;
          book.right += right;
          return results.length && `${results.length} of ${asked}, ${right} right`;
        };
        const [quiz, mastery, chapter] = [count(row.dataset.quiz), count(row.dataset.mastery), data.chapters[key]];
        bar.value += chapter ? 1 : 0;
        row.lastElementChild.textContent = [
          chapter ? `✓ Done, ${chapter.done} · mastery check ${chapter.right} of ${chapter.of} right` : quiz || mastery ? "Begun" : "Not begun",
          !chapter && mastery && `mastery check ${mastery}`,
          quiz && `questions ${quiz}`,
        ].filter(Boolean).join(" · ");
      }
      book.done += bar.value;
      book.chapters += bar.max;
      bar.nextElementSibling.textContent = `${bar.value} of ${bar.max} chapters done`;
    }
    for (const row of all("[data-drill]")) row.lastElementChild.textContent = told(data.drills[row.dataset.drill]);
    find(".progress-total").textContent = `${book.done} of ${book.chapters} chapters done. `
      + `${book.answered} of ${book.asked} questions answered, ${book.right} right on the first try.`;
    find(".progress-state").textContent = find(".progress-state").dataset[state] ?? "";
  };

  /* ---- drills, whose results come from a file of the practice tool ---- */

  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

  const told = (best) => {
    if (!best) return "Not handed in";
    const day = best.when.slice(0, 10);
    if (best.outcome !== "pass") return `${best.outcome}, score ${best.score.toFixed(2)} · ${day}`;
    const how = !best.clock ? "without a clock" : best.late ? "late" : `in ${clock(best.used)}`;
    return `✓ Passed ${how} · ${day}`;
  };

  /** As the practice tool ranks submissions: passed, in time, on a clock, with the higher score, quicker. */
  const rank = ({ outcome, late, clock, score, used }) => [outcome === "pass", !late, clock, score, -used];
  const beats = (one, other) => {
    const [left, right] = [rank(one), rank(other)];
    const at = left.findIndex((each, index) => each !== right[index]);
    return at >= 0 && left[at] > right[at];
  };

  /** The best submission of each drill in a report of the practice tool. What was written is left out. */
  const bestOf = (sessions) => {
    const found = {};
    for (const session of sessions) {
      const { drill, mode, attempts } = session ?? {};
      for (const attempt of Array.isArray(attempts) ? attempts : []) {
        const { outcome, score, used, late, when } = attempt ?? {};
        const entry = { outcome, score, used, late: Boolean(late), clock: mode !== "practice", when };
        if (!found[drill] || beats(entry, found[drill])) found[drill] = entry;
      }
    }
    return found;
  };

  /* ---- export, import, reset ---- */

  const save = () => {
    const { data, given = data } = look(); // what a later version wrote goes out as it is
    const text = JSON.stringify({ ...given, book: "ground-up" });
    const link = make("a", { href: URL.createObjectURL(new Blob([text])), download: `ground-up-progress-${today()}.json` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href));
    return `Exported as ${link.download}.`;
  };

  /** Take over what is new or better, and count it. */
  const merge = (data, given) => {
    const news = { chapters: 0, answers: 0, "place where you stopped": 0, drills: 0 };
    for (const [key, theirs] of Object.entries(given.chapters)) {
      const ours = data.chapters[key] ?? { right: -1, of: 1, done: theirs.done };
      const better = theirs.right / theirs.of > ours.right / ours.of;
      if (!better && theirs.done >= ours.done) continue;
      data.chapters[key] = { ...(better ? theirs : ours), done: theirs.done < ours.done ? theirs.done : ours.done };
      news.chapters += 1;
    }
    for (const [key, result] of Object.entries(given.questions)) {
      if (data.questions[key] && (data.questions[key] === result || result === "wrong")) continue;
      data.questions[key] = result;
      news.answers += 1;
    }
    for (const [name, entry] of Object.entries(given.drills)) {
      if (data.drills[name] && !beats(entry, data.drills[name])) continue;
      data.drills[name] = entry;
      news.drills += 1;
    }
    if (given.stopped.when > (data.stopped.when ?? "")) {
      data.stopped = given.stopped;
      news["place where you stopped"] = 1;
    }
    return Object.entries(news).map((pair) => pair.join(": ")).join(", ");
  };

  /** Returns what to say: of what is wrong, the name of the sentence. */
  const read = async (file) => {
    let given, news;
    try {
      given = JSON.parse(await file.text());
    } catch (error) {
      return error instanceof SyntaxError ? "syntax" : "unread";
    }
    if (given?.groundup && Array.isArray(given.sessions)) {
      if (given.format > 1) return "later";
      given = { book: "ground-up", version: 1, drills: bestOf(given.sessions) };
    }
    if (given?.book !== "ground-up" || typeof given.version !== "number") return "foreign";
    if (given.version > 1) return "later";
    if (look().state === "later") return "blocked";
    const { data, odd } = clean(given);
    change((now) => { news = merge(now, data); });
    const left = odd ? ` Left out, because unreadable: ${odd}.` : "";
    return `Imported. New or better than what was here: ${news}.${left}`;
  };

  const start = () => {
    show();
    if (!find(".progress-page")) return;
    const [said, dialog, input] = [".progress-said", ".progress-page dialog", ".progress-page input"].map(find);
    const say = (text) => { said.textContent = said.dataset[text] ?? text; };
    find(".progress-export").onclick = () => say(save());
    find(".progress-reset").onclick = () => dialog.showModal();
    dialog.onclose = () => {
      if (dialog.returnValue !== "reset") return;
      dialog.returnValue = "";
      reset();
      say("reset");
    };
    input.onchange = async () => {
      say(await read(input.files[0]));
      input.value = ""; // the same file can be chosen again
    };
  };

  watch(show);
  onPage(start);
})();
