// The keyboard: arrows walk along the edges, Enter folds, "/" searches, "?" says all of this.

class Keys {
  constructor(app) {
    this.app = app;
    this.current = null; // the node or frame that has the focus
    document.addEventListener("keydown", (event) => this.#key(event));
    app.picture.addEventListener("focusin", (event) => {
      const thing = app.painter.thingAt(event.target);
      if (!thing) return;
      this.current = thing;
      // One stop for the tab key, or going back from a part would end in the picture around it.
      app.picture.tabIndex = -1;
    });
    app.picture.addEventListener("focusout", () => (app.picture.tabIndex = 0));
    app.picture.addEventListener("focus", () => {
      // Tabbing into the picture goes to where one was, or to the start.
      if (app.model && app.picture.matches(":focus-visible")) this.focus(this.#there() ?? this.#first());
    });
  }

  /** Put the focus on a node or a frame and bring it into view. */
  focus(thing) {
    if (!thing) return;
    const { app } = this;
    this.current = thing;
    const { left, top, right, bottom } = app.layout.box(thing);
    // What is drawn in outlines alone cannot have the focus.
    if (app.painter.isCoarse) app.view.centreOn([(left + right) / 2, (top + bottom) / 2], 0.9, false);
    const group = app.painter.require(thing);
    const element = thing.type === "frame" ? group.querySelector(".heading") : group;
    element.focus({ preventScroll: true });
    app.reveal(thing);
  }

  /** Put the focus back on what had it before the picture was painted anew. */
  refocus() {
    const thing = this.#there();
    const group = thing && this.app.painter.element(thing);
    const element = thing?.type === "frame" ? group?.querySelector(".heading") : group;
    element?.focus({ preventScroll: true });
  }

  /** What has the focus, as it is seen by now; null for nothing. */
  #there() {
    if (!this.current) return null;
    const { scene } = this.app;
    return scene.shown.get(this.current.key) ?? scene.seen(this.current.item);
  }

  #first() {
    const { spots } = this.app.layout;
    return spots.find((spot) => spot.node.role === "input")?.node ?? spots[0]?.node ?? null;
  }

  #key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, dialog, [role=tab]")) return;
    const inPicture = this.app.picture.contains(event.target) || event.target === document.body;
    const name = event.shiftKey && event.key.length > 1 ? `Shift+${event.key}` : event.key;
    const action = ANYWHERE[name] ?? (inPicture ? IN_PICTURE[name] : undefined);
    if (!action || !this.app.model) return;
    event.preventDefault();
    action(this.app, this, this.#there());
  }

  /** Along an edge: to what reads the value, or to what gives it; plain ways first. */
  walk(from, onwards) {
    const { scene, layout, router } = this.app;
    if (!from) return this.#first();
    if (from.type === "frame") return this.#pastFrame(from, onwards);
    let edges = onwards ? scene.edgesOutOf(from) : scene.edgesInto(from);
    const plain = edges.filter((edge) => !router.isSkip(edge) && !edge.crosses);
    if (plain.length) edges = plain;
    const ends = edges.map((edge) => (onwards ? edge.target : edge.source));
    const near = ends.sort((a, b) => Math.abs(layout.spot.get(a).x - layout.spot.get(from).x) - Math.abs(layout.spot.get(b).x - layout.spot.get(from).x));
    const [next] = near;
    // A fork is only a point: go past it.
    return next?.role === "fork" ? this.walk(next, onwards) : next ?? null;
  }

  /** From a frame's heading into the frame, or to what it reads. */
  #pastFrame(frame, onwards) {
    const { scene } = this.app;
    if (onwards) return [...nodesIn(frame)].find((node) => node.role !== "fork") ?? null;
    for (const node of nodesIn(frame)) {
      for (const edge of scene.edgesInto(node)) if (!isInside(edge.source, frame)) return edge.source.role === "fork" ? this.walk(edge.source, false) : edge.source;
    }
    return null;
  }

  /** To the nearest node on one side. */
  aside(from, right) {
    const { layout } = this.app;
    if (!from) return this.#first();
    const here = layout.box(from);
    const [x, y] = from.type === "node" ? [here.x, here.y] : [here.left, here.top];
    let [best, least] = [null, Infinity];
    for (const spot of layout.spots) {
      const dx = (spot.x - x) * (right ? 1 : -1);
      if (spot.node === from || spot.node.role === "fork" || dx <= 4) continue;
      const far = dx + 2.5 * Math.abs(spot.y - y);
      if (far < least) [best, least] = [spot.node, far];
    }
    return best;
  }
}

const IN_PICTURE = {
  ArrowDown: (app, keys, at) => keys.focus(keys.walk(at, true)),
  ArrowUp: (app, keys, at) => keys.focus(keys.walk(at, false)),
  ArrowLeft: (app, keys, at) => keys.focus(keys.aside(at, false)),
  ArrowRight: (app, keys, at) => keys.focus(keys.aside(at, true)),
  "Shift+ArrowUp": (app, keys, at) => at?.parent?.parent && keys.focus(at.parent),
  "Shift+ArrowDown": (app, keys, at) => at?.type === "frame" && keys.focus(keys.walk(at, true)),
  Enter: (app, keys, at) => at && app.activate(at),
  " ": (app, keys, at) => at && app.activate(at),
  Backspace: (app, keys, at) => at?.parent?.parent && app.toggle(at.type === "frame" ? at : at.parent),
  x: (app, keys, at) => app.toggleCopies(at),
};

const ANYWHERE = {
  "/": (app) => {
    byId("query").focus();
    byId("query").select();
  },
  "?": () => byId("help").showModal(),
  "+": (app) => app.view.zoomBy(1.3, undefined, true),
  "=": (app) => app.view.zoomBy(1.3, undefined, true),
  "-": (app) => app.view.zoomBy(1 / 1.3, undefined, true),
  0: (app) => app.fit(),
  n: (app) => app.search.step(1),
  N: (app) => app.search.step(-1),
  f: (app) => app.foldAll(),
  u: (app) => app.openLevel(),
  g: (app) => app.toggleGroups(),
  c: (app) => app.toggleCosts(),
  d: (app) => app.toggleDark(),
  s: (app) => app.panel.toggle(),
  Escape: (app) => app.dismiss(),
};
