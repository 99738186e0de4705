// Stands in for Material's search worker until something is asked: then it fetches that worker and the index's entries.
// Material's script would fetch both with a reader's first page, asked or not.
(() => {
  const send = postMessage.bind(self);
  const pass = (type, data) => dispatchEvent(new MessageEvent("message", { data: { type, data } }));
  const defined = new Map(); // of each term, the pages that define it
  let settings, loading, asked, term, text;
  // A word in other spellings, American for British and the other way round: normalise, colour, labelled, centre. Each
  // rule by itself and together with others: vectorisation has an s for a z, and no u.
  const rules = [
    (word) => word.replace(/(?<=[iy])[sz](?=e|ing|ation)/g, (letter) => (letter === "s" ? "z" : "s")),
    (word) => word.replace(/(?<=...o)u?(?=r)/g, (letter) => (letter ? "" : "u")),
    (word) => word.replace(/(?<=[aeiou])ll?(?=ed|ing)/g, (letters) => (letters === "l" ? "ll" : "l")),
    (word) => word.replace(/(?<=\bcent)(re|er)\b/g, (letters) => (letters === "re" ? "er" : "re")),
  ];
  const others = (word) => {
    const found = new Set([word]);
    for (const rule of rules) for (const spelt of [...found]) found.add(rule(spelt));
    found.delete(word);
    return [...found];
  };
  // All spellings are asked for that the book has: tensor has no other.
  const ask = () => pass(2, asked.replace(/\w+/g, (word) => {
    return [word, ...others(word.toLowerCase()).filter((spelt) => text.includes(spelt))].join(" ");
  }));
  // Who asks for a term by its name gets its definition first: words such as "matrix" and "model" are on every page.
  const answer = ({ type, data }) => {
    const names = [term, ...others(term)].flatMap((name) => [name, name.replace(/s$/, "")]);
    const pages = defined.get(names.find((name) => defined.has(name)));
    if (pages) data.items.sort(([a], [b]) => pages.has(page(b)) - pages.has(page(a)));
    // A word that is there in its other spelling is not missing, and neither is one that nobody typed.
    for (const { terms } of data.items.flat()) {
      const there = (word) => others(word).some((spelt) => terms[spelt]);
      for (const word in terms) if (!terms[word] && (there(word) || !term.includes(word))) delete terms[word];
    }
    send({ type, data });
  };
  const page = ({ location }) => location.split("#")[0];
  const load = async () => {
    try {
      text = await (await fetch(new URL("../../../search/entries.json", location))).text();
      const { docs } = JSON.parse(text);
      text = text.toLowerCase();
      for (const doc of docs) {
        for (const tag of doc.tags || []) {
          const name = tag.toLowerCase();
          defined.set(name, (defined.get(name) || new Set()).add(page(doc)));
        }
      }
      importScripts(location.href.replace("/search.", "/engine."));
      self.postMessage = () => { // It says that it is ready.
        settings = null;
        self.postMessage = answer;
        ask();
      };
      pass(0, { ...settings, docs });
    } catch {
      loading = null; // Without a network: the next letter tries again.
      send({ type: 3, data: { items: [] } });
    }
  };
  addEventListener("message", (event) => {
    if (!event.isTrusted) return; // passed on
    event.stopImmediatePropagation();
    const { type, data } = event.data;
    if (type === 0) {
      settings = data;
      return send({ type: 1 });
    }
    // zero_grad is a word of its own; who asks for cosine_similarity is served by the two words as well.
    term = data.trim().toLowerCase();
    asked = data.replace(/\w+_\w+/g, (name) => `${name} ${name.replaceAll("_", " ")}`);
    if (!settings) ask();
    else if (asked.trim()) loading ||= load();
    else send({ type: 3, data: { items: [] } });
  });
})();
