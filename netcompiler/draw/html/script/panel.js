// The panel at the side: the facts of what is selected, and the spec.

class Panel {
  constructor(app) {
    this.app = app;
    this.element = byId("panel");
    this.facts = byId("selected");
    this.spec = new SpecView(byId("spec"), byId("sources"), (source, line) => app.search.ask(`${lastOf(app.model.source(source).name)}:${line + 1}`));
    byId("close-panel").addEventListener("click", () => this.toggle(false));
  }

  get isOpen() {
    return !this.element.hidden;
  }

  toggle(open = !this.isOpen) {
    if (open === this.isOpen) return;
    this.element.hidden = !open;
    byId("show-panel").setAttribute("aria-pressed", String(open));
    document.body.classList.toggle("with-panel", open);
    this.app.resized();
    if (open) this.show(this.app.selected);
  }

  load(model) {
    this.model = model;
    this.spec.load(model);
  }

  /** Show what is selected: a node or a frame, or null for the net. */
  show(thing) {
    if (!this.isOpen) return;
    const shown = thing ?? { item: this.model.root, times: 1 };
    const trail = [...around(shown.item)].reverse().filter((item) => item.type === "block" && (item.path || item.lane !== undefined));
    const crumbs = [this.model.root, ...(shown.item === this.model.root ? [] : trail)].map((item) =>
      html("button", { type: "button", class: "crumb", onclick: () => this.app.select(item.parent ? item : null) }, nameOf(item)));
    const cards = cardsOf(shown, this.model);
    this.facts.replaceChildren(html("nav", { "aria-label": "blocks around it" }, ...crumbs), ...cards);
    const places = placesOf(shown, this.model);
    this.spec.highlight(places);
  }
}

/** Where a node or a frame stands in the spec. */
function placesOf(thing, model) {
  const item = thing.item.type === "run" ? thing.item.children[0] : thing.item;
  if (item.type === "leaf") return item.layers.length ? item.layers : item.through;
  const scope = item.path || item === model.root ? model.scope(item.path) : null;
  return scope ? [scope] : [];
}
