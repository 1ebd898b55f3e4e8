// Search by name or operation, or by a line of the spec ("resnet.net:31").

const WAIT = 120; // milliseconds after the last letter

class Search {
  constructor(app) {
    this.app = app;
    this.form = byId("search");
    this.input = byId("query");
    this.told = byId("found");
    this.hits = [];
    this.at = -1;
    this.before = null; // what was folded before the search opened anything
    this.input.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.#run(), WAIT);
    });
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.form.addEventListener("submit", (event) => event.preventDefault());
    byId("next").addEventListener("click", () => this.step(1));
    byId("previous").addEventListener("click", () => this.step(-1));
  }

  /** Search for this. */
  ask(query) {
    this.input.value = query;
    this.#run();
  }

  /** Search again, in a net that has changed. */
  again() {
    if (!this.input.value.trim()) return;
    this.hits = this.#find(this.input.value.trim());
    this.at = Math.min(this.at, this.hits.length - 1);
    this.#tell();
  }

  /** Go to the next match or the one before. */
  step(by) {
    clearTimeout(this.timer);
    if (this.query !== this.input.value.trim()) {
      this.#run();
      return;
    }
    if (!this.hits.length) return;
    this.at = (this.at + by + this.hits.length) % this.hits.length;
    this.#go();
  }

  /** Forget the search and leave the picture as it is. */
  clear() {
    clearTimeout(this.timer);
    this.input.value = "";
    this.query = "";
    this.before = null;
    this.hits = [];
    this.at = -1;
    this.#tell();
    this.app.markHits([], null);
  }

  #key(event) {
    if (event.key === "Enter") {
      event.preventDefault();
      this.step(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape") {
      this.clear();
      this.app.focusPicture();
      event.stopPropagation();
    }
  }

  #run() {
    const query = this.input.value.trim();
    if (!query) {
      this.clear();
      return;
    }
    this.query = query;
    this.hits = this.#find(query);
    this.at = this.hits.length ? 0 : -1;
    this.#go();
  }

  /** Items with what matches, in the order of the net. */
  #find(query) {
    const { model } = this.app;
    const place = query.match(/^(.*):(\d+)$/);
    const named = place ? model.data.sources.findIndex(({ name }) => [name, lastOf(name)].includes(place[1])) : -1;
    const matches = named >= 0 ? atLine(model, named, Number(place[2]) - 1) : byText(query.toLowerCase());
    const hits = [];
    for (const item of within(model.root)) {
      if (item === model.root || item.type === "run") continue;
      for (const what of matches(item)) hits.push({ item, what });
    }
    return hits;
  }

  #go() {
    this.#tell();
    const hit = this.hits[this.at];
    if (!hit) {
      this.app.markHits([], null);
      return;
    }
    // What was unfolded for the last match is folded again.
    this.before ??= this.app.folds.copy();
    const folds = this.before.copy();
    folds.reveal(hit.item);
    this.app.refold(folds);
    this.app.markHits(this.hits, hit);
    this.app.goTo(hit.item);
  }

  #tell() {
    const asked = this.input.value.trim() !== "";
    this.told.textContent = !asked ? "" : this.hits.length ? `${this.at + 1} of ${whole(this.hits.length)}` : "no match";
    this.form.classList.toggle("none", asked && !this.hits.length);
    for (const id of ["next", "previous"]) byId(id).disabled = this.hits.length < 1;
  }
}

/** Matches by name, path, operation or label: of a leaf its layers, of a block itself. */
function byText(query) {
  const has = (...texts) => texts.some((text) => text.toLowerCase().includes(query));
  return (item) => {
    if (item.type === "block") return has(item.path, item.name, item.definition) ? [item] : [];
    if (!item.layers.length) return has(item.title) ? [item] : [];
    return [...item.layers, ...item.through].filter(({ id, facts }) => has(id, facts.operation, facts.label));
  };
}

/** Matches by a line of the spec. */
function atLine(model, source, line) {
  const isThere = (layer) => {
    if (layer.source !== source) return false;
    const [first, last] = model.lines(layer);
    return first <= line && line <= last;
  };
  return (item) => (item.type === "leaf" ? [...item.layers, ...item.through].filter(isThere) : []);
}
