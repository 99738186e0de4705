// Stands ahead of Material's search worker, in the same file. Material fetches the whole index with a reader's first
// page, used or not; here what it fetches has no entries, and they follow when something is asked.
(() => {
  const send = postMessage.bind(self);
  const pass = (type, data) => dispatchEvent(new MessageEvent("message", { data: { type, data } }));
  let settings, entries, asked;
  const load = async () => {
    try {
      const { docs } = await (await fetch(new URL("../../../search/entries.json", location))).json();
      self.postMessage = () => { // Material says that it is ready.
        settings = null;
        self.postMessage = send;
        pass(2, asked);
      };
      pass(0, { ...settings, docs });
    } catch {
      entries = null; // Without a network: the next letter tries again.
      send({ type: 3, data: { items: [] } });
    }
  };
  addEventListener("message", (event) => {
    const { type, data } = event.data;
    if (!event.isTrusted || (type === 0 && data.docs.length)) return; // passed on, or all there from the start
    event.stopImmediatePropagation();
    if (type === 0) {
      settings = data;
      send({ type: 1 });
      return;
    }
    // zero_grad is a word of its own; who asks for cosine_similarity is served by the two words as well.
    asked = data.replace(/\w+_\w+/g, (name) => `${name} ${name.replaceAll("_", " ")}`);
    if (!settings) pass(2, asked);
    else if (asked.trim()) entries ||= load();
    else send({ type: 3, data: { items: [] } });
  });
})();
