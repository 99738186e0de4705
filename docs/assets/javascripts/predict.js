/* Predictions. A box of the class `for-NAME` asks; the output of the cell NAME stays folded until the reader has
   chosen, written an answer or pressed "Show me". Nothing is kept, nothing is sent. */
(() => {
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const button = (className, ...label) => make("button", { type: "button", className }, ...label);

  const enhance = box => {
    const name = [...box.classList].find(word => word.startsWith("for-"));
    const cell = name.slice(4);
    const fold = document.querySelector(`#cell-${cell} > .predicted`);
    if (!fold) return;
    box.classList.add("predict-asks");
    box.role = "group";
    box.ariaLabel = box.querySelector(".admonition-title").textContent;

    const said = make("p", { className: "predict-said", role: "status" });
    const show = button("predict-show", "Show me");
    const commit = (...answer) => {
      box.classList.replace("predict-asks", "predict-done");
      // What has the focus keeps it; the rest is out of the way.
      box.querySelectorAll("button, input").forEach(control => {
        control.disabled = control !== document.activeElement;
        control.readOnly = control.ariaDisabled = true;
      });
      // Of several questions about one cell the last one opens it.
      const open = !answer.length || !document.querySelector(`.${name}.predict-asks`);
      if (answer.length) said.append("You said: ", ...answer, ". ");
      if (open) {
        fold.open = true;
        said.append(make("a", { href: "#cell-" + cell }, "The output is open."));
      }
    };
    const once = handler => event => {
      event.preventDefault();
      if (box.classList.contains("predict-asks")) handler();
    };

    show.onclick = once(() => commit());
    const list = box.querySelector(":scope > ul, :scope > ol");
    if (list) {
      list.classList.add("predict-choices");
      list.role = "list"; // some browsers take it away where there are no bullets
      for (const item of list.children) {
        const choice = button("predict-choice", ...item.childNodes);
        choice.ariaPressed = false;
        choice.onclick = once(() => {
          choice.ariaPressed = true;
          commit(...[...choice.childNodes].map(node => node.cloneNode(true)));
        });
        item.append(choice);
      }
      box.append(show, said);
    } else {
      const input = make("input", { autocomplete: "off", required: true });
      const form = make("form", { className: "predict-form" },
        make("label", {}, "Your answer ", input), make("button", { className: "predict-answer" }, "Answer"), show);
      form.onsubmit = once(() => input.value.trim() ? commit(input.value.trim()) : input.focus());
      box.append(form, said);
    }
  };

  const start = () =>
    document.querySelectorAll(".predict[class*=' for-']:not(.predict-asks, .predict-done)").forEach(enhance);
  if (window.document$) document$.subscribe(start); // Material: now, and after each instant navigation
  else if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
