// The spec's text with the lines of what is selected.

const WORDS = new Set(
  ("net block let if else for in on columns group input output from use default expect residual skip reuse exchange " +
    "gather identity training true false none and or not").split(" "),
);
const PIECES = /(#.*$)|("(?:[^"\\]|\\.)*")|([A-Za-z_]\w*)|(\d[\w.]*)|([^#"A-Za-z_\d]+|.)/g;

class SpecView {
  constructor(element, tabs, pick) {
    Object.assign(this, { element, tabs, pick, current: 0 });
  }

  /** Show the sources of a net. */
  load(model) {
    this.model = model;
    const { sources } = model.data;
    this.tabs.replaceChildren(...sources.map((source, index) =>
      html("button", { type: "button", role: "tab", title: source.name, onclick: () => this.open(index) }, lastOf(source.name))));
    this.open(Math.min(this.current, sources.length - 1));
  }

  /** Show one of the sources. */
  open(index) {
    this.current = Math.max(0, index);
    [...this.tabs.children].forEach((tab, place) => tab.setAttribute("aria-selected", String(place === this.current)));
    const { sources } = this.model.data;
    if (!sources.length) {
      this.element.replaceChildren();
      return;
    }
    const used = this.#used();
    const lines = this.model.source(this.current).lines.map((text, line) => this.#line(text, line, used));
    this.element.replaceChildren(...lines);
  }

  /** Mark the lines of some places; the first of them is brought into view. */
  highlight(places) {
    for (const line of this.element.querySelectorAll(".marked")) line.classList.remove("marked");
    if (!places.length) return;
    if (places[0].source !== this.current) this.open(places[0].source);
    let first = null;
    for (const place of places) {
      if (place.source !== this.current) continue;
      const [start, end] = this.model.lines(place);
      for (let line = start; line <= end; line += 1) {
        const element = this.element.children[line];
        element.classList.add("marked");
        first ??= element;
      }
    }
    if (first) this.#reveal(first);
  }

  #reveal(line) {
    const { top, bottom } = this.element.getBoundingClientRect();
    const box = line.getBoundingClientRect();
    if (box.top < top + 20 || box.bottom > bottom - 20) {
      this.element.scrollTop += box.top - top - (bottom - top) / 3;
    }
  }

  /** The lines of this source that layers stand on. */
  #used() {
    const found = new Set();
    for (const layer of this.model.layers) {
      if (layer.source === this.current) found.add(this.model.lines(layer)[0]);
    }
    return found;
  }

  #line(text, line, used) {
    const row = html("li", { class: used.has(line) ? "used" : "" });
    for (const [piece, comment, string, word, number] of text.matchAll(PIECES)) {
      const kind = comment ? "comment" : string ? "string" : number ? "number" : word && WORDS.has(word) ? "word" : "";
      row.append(kind ? html("span", { class: kind }, piece) : piece);
    }
    if (used.has(line)) row.addEventListener("click", () => this.pick(this.current, line));
    return row;
  }
}
