/* Ground Up: checks the answers of a page's quizzes and keeps in this browser which were right on the first try.

   The page is complete without this file; see src/groundup/book/quiz.py for its HTML, store.js for what is kept. */
(() => {
  "use strict";

  const { path: pathOf, today, load, change, watch, onPage } = window.groundUp;

  /* ---- answers ---- */

  const lines = (text) =>
    text.trim().split("\n").map((line) => line.trim().replace(/\s+/g, " ")).join("\n");

  // 1,000 is a thousand to some readers and one to others: either reading may be the right one.
  const readings = (text) => {
    const plain = text.trim().replace(/[−–]/g, "-").replace(/\s+/g, "");
    return [plain.replace(/,/g, ""), plain.replace(",", ".")].filter((number) => /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(number)).map(Number);
  };

  /** Whether the answer is right, or a sentence where there is none to check. */
  const judged = (form) => {
    const { kind, answer, tolerance } = form.dataset;
    if (kind === "choice") {
      const chosen = form.querySelector("input:checked");
      return chosen ? "right" in chosen.dataset : "Choose an answer first.";
    }
    const { value } = form.querySelector(".quiz-field");
    if (answer === undefined) return "The answer to this question was not computed.";
    if (!value.trim()) return "Write an answer first.";
    if (kind === "trace") return lines(value) === lines(answer);
    const wanted = Number(answer);
    const slack = Number(tolerance) + 1e-9 * Math.max(1, Math.abs(wanted));
    const given = readings(value);
    return given.length ? given.some((number) => Math.abs(number - wanted) <= slack) : "Write a number, such as 0.25.";
  };

  /* ---- what is shown ---- */

  const mark = (form) => {
    for (const input of form.querySelectorAll(".quiz-choice input")) {
      const right = "right" in input.dataset;
      const label = input.closest("label");
      label.dataset.mark = right ? "right" : input.checked ? "wrong" : "";
      label.querySelector(".quiz-mark").textContent =
        right ? (input.checked ? "✓ your answer, right" : "✓ the right answer") : input.checked ? "✗ your answer, wrong" : "";
    }
  };

  const tell = (form, result, text) => {
    form.dataset.result = result;
    form.querySelector(".quiz-verdict").textContent = text;
  };

  const clear = (form) => {
    tell(form, "", "");
    for (const label of form.querySelectorAll("[data-mark]")) {
      label.dataset.mark = "";
      label.querySelector(".quiz-mark").textContent = "";
    }
  };

  const restore = (form, first) => {
    form.dataset.checked = "";
    tell(form, first, first === "right" ? "✓ Right on the first try." : "✗ Wrong on the first try.");
    if (first !== "right") return;
    const input = form.querySelector("input[data-right]");
    if (input) {
      input.checked = true;
      mark(form);
    } else if (form.dataset.answer !== undefined) form.querySelector(".quiz-field").value = form.dataset.answer;
  };

  /* ---- a page ---- */

  let show = () => {}; // what follows from the answers of this page
  watch(() => show());

  const start = () => {
    const forms = [...document.querySelectorAll("form.quiz:not([data-live])")];
    if (!forms.length) return;
    const path = pathOf(location);
    const key = (form) => `${path}#${form.id.slice("quiz-".length)}`;
    const first = (form, data = load()) => data.questions[key(form)];
    const section = document.querySelector("section.mastery");
    const mastery = forms.filter((form) => section && section.contains(form));

    const again = document.createElement("p");
    again.className = "quiz-again";
    again.innerHTML = '<button type="button">Try again</button> <span>clears your answers in this chapter</span>';

    show = () => {
      if (!again.isConnected) return; // the reader has gone on to another page
      const data = load();
      again.hidden = !forms.some((form) => first(form, data));
      if (!section) return;
      const of = mastery.length;
      const right = mastery.filter((form) => first(form, data) === "right").length;
      const answered = mastery.filter((form) => first(form, data)).length;
      const { enough } = section.dataset;
      let kept = data.chapters[path];
      if (right >= enough && !(kept && kept.right === right && kept.of === of) && !(kept && kept.right / kept.of > right / of)) {
        kept = { done: kept ? kept.done : today(), right, of };
        change((now) => { now.chapters[path] = kept; });
      }
      section.dataset.chapter = path;
      section.querySelector(".mastery-progress").textContent = `${answered} of ${of} answered, ${right} right on the first try.`;
      section.querySelector(".mastery-result").textContent =
        kept ? `✓ Chapter done: ${kept.right} of ${kept.of} right on the first try, ${kept.done}.`
        : answered === of ? `✗ Not done yet: ${right} of ${of} right on the first try, ${enough} needed. Read the reasons, then try again.`
        : "";
    };

    for (const form of forms) {
      form.dataset.live = "";
      const button = form.querySelector(".quiz-check");
      button.hidden = button.disabled = false;
      form.addEventListener("input", () => clear(form));
      form.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea")) form.requestSubmit(button);
      });
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const verdict = judged(form);
        if (typeof verdict === "string") return tell(form, "", verdict);
        const result = verdict ? "right" : "wrong";
        const before = first(form);
        if (!before) change((data) => { data.questions[key(form)] = result; });
        form.dataset.checked = "";
        mark(form);
        form.querySelector(".quiz-answer").open = true;
        tell(form, result, verdict ? (before === "wrong" ? "✓ Right, on a later try." : "✓ Right.") : "✗ Wrong. The reasons are below; try again if you like.");
      });
      const result = first(form);
      if (result) restore(form, result);
    }
    again.querySelector("button").addEventListener("click", () => {
      change((data) => forms.forEach((form) => delete data.questions[key(form)]));
      for (const form of forms) {
        form.reset();
        clear(form);
        delete form.dataset.checked;
        form.querySelector(".quiz-answer").open = false;
      }
      (mastery[0] || forms[0]).querySelector("input, textarea").focus();
    });
    if (section) section.append(again);
    else forms[forms.length - 1].after(again);
    show();
  };

  onPage(start);
})();
