// Stands in for Material's search worker until something is asked: then it fetches that worker and the index's entries.
// Material's script would fetch both with a reader's first page, asked or not.
(() => {
  const send = postMessage.bind(self);
  const pass = (type, data) => dispatchEvent(new MessageEvent("message", { data: { type, data } }));
  const defined = new Map(); // of each term, the pages that define it
  let settings, loading, asked, term;
  // Who asks for a term by its name gets its definition first: words such as "matrix" and "model" are on every page.
  const answer = ({ type, data }) => {
    const pages = type === 3 && (defined.get(term) || defined.get(term.replace(/s$/, "")));
    if (pages) data.items.sort(([a], [b]) => pages.has(page(b)) - pages.has(page(a)));
    send({ type, data });
  };
  const page = ({ location }) => location.split("#")[0];
  const load = async () => {
    try {
      const { docs } = await (await fetch(new URL("../../../search/entries.json", location))).json();
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
        pass(2, asked);
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
    if (!settings) pass(2, asked);
    else if (asked.trim()) loading ||= load();
    else send({ type: 3, data: { items: [] } });
  });
})();
