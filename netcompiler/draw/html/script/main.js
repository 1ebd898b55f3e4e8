// The page: what is shown of which net, and what the reader does with it.

const settings = JSON.parse(byId("settings").textContent);
const READABLE = 0.62; // the scale from which on a picture that fits the window can be read
const NEAR = 6; // pixels from an edge that count as on it
const LONGEST_ADDRESS = 6000;

function byId(id) {
  return document.getElementById(id);
}

class App {
  constructor() {
    this.stage = byId("stage");
    this.picture = byId("picture");
    this.world = byId("world");
    this.measure = new Measure(settings.sizes);
    this.measure.costs = settings.costs;
    this.painter = new Painter(this.world, this.measure, settings.sizes);
    this.tracer = new Tracer(this.painter);
    this.painter.dress = (thing, element) => this.#dress(thing, element);
    this.painter.isMuted = (thing) => this.#isMuted(thing);
    this.view = new View(this.stage, this.picture, this.world, () => this.#viewed());
    this.card = new Card(byId("card"), this.stage);
    this.search = new Search(this);
    this.panel = new Panel(this);
    this.keys = new Keys(this);
    this.hits = new Map();
    this.hit = null;
    this.selectedKey = null;
    this.muted = new Set();
    this.#listen();
  }

  /** Show a net: the first one, or the next version of it. */
  load(data) {
    // Another net has other blocks and another shape: it is shown from the start.
    const first = this.model?.data.net !== data.net;
    if (first && this.scene) this.search.clear();
    const middle = first ? null : this.#inTheMiddle();
    this.model = new Model(data);
    this.stage.classList.remove("empty");
    this.#head();
    if (first) {
      this.view.measure();
      this.folds = this.#firstFolds();
    }
    this.panel.load(this.model);
    if (first) {
      this.#lay(true);
      this.#showAll(false);
      this.#select(this.#fromAddress().get("at"));
    } else {
      this.search.again();
      this.refold(this.folds, middle);
    }
    document.documentElement.dataset.ready = "yes";
  }

  /** The node or frame that is selected, as it is seen; null for none. */
  get selected() {
    const item = this.selectedKey === null ? null : this.model?.item(this.selectedKey);
    return item ? this.scene.seen(item) : null;
  }

  // Folding

  /** Show with other folds; the item of the key `anchor` stays where it is in the window. */
  refold(folds, anchor = null, fresh = false) {
    const before = this.#corner(anchor);
    const places = this.#places();
    const hadFocus = this.picture.contains(document.activeElement);
    this.folds = folds;
    this.#lay(fresh);
    const now = this.#corner(anchor);
    if (before && now) this.view.panBy(before[0] - now[0], before[1] - now[1]);
    this.#slide(places);
    this.#select(this.selectedKey);
    if (hadFocus) this.keys.refocus();
    this.#remember();
  }

  /** Fold an open frame or unfold a closed node. */
  toggle(thing) {
    const { item } = thing;
    const folds = this.folds.copy();
    if (item.type === "run") folds.unfold(item, false);
    else if (thing.type === "frame") folds.close(item);
    else if (thing.role === "summary") folds.close(item, false);
    else return;
    this.search.before = null;
    this.refold(folds, item.key);
    this.say(`${thing.type === "frame" ? "folded" : "unfolded"} ${nameOf(item)}`);
    if (this.picture.contains(document.activeElement) || document.activeElement === document.body) {
      this.keys.focus(this.scene.seen(item));
    }
  }

  /** Show all copies of what stands for several, or only the first again. */
  toggleCopies(thing) {
    let run = null;
    for (let part = thing; part && !run; part = part.parent) run = part.run ?? (part.item.type === "run" ? part.item : null);
    if (!run) return;
    const folds = this.folds.copy();
    folds.unfold(run, !folds.isUnfolded(run));
    this.search.before = null;
    this.refold(folds, run.children[0].key);
    this.say(folds.isUnfolded(run) ? `${run.times} copies` : "copies folded");
  }

  foldAll() {
    const folds = new Folds();
    folds.setDepth(this.model, 0);
    this.#afresh(folds, "all blocks folded");
  }

  openLevel() {
    const folds = this.folds.copy();
    if (folds.openLevel(this.model)) this.#afresh(folds, "unfolded one level");
    else this.say("everything is unfolded");
  }

  closeLevel() {
    const folds = this.folds.copy();
    if (folds.closeLevel(this.model)) this.#afresh(folds, "folded one level");
    else this.say("everything is folded");
  }

  #afresh(folds, words) {
    this.search.before = null;
    this.refold(folds, null, true);
    this.#showAll();
    this.say(words);
  }

  /** What Enter does: fold or unfold a block, show a layer's facts. */
  activate(thing) {
    if (thing.type === "frame" || thing.role === "summary") this.toggle(thing);
    else this.select(thing.item);
  }

  // Selecting

  /** Select an item and show it in the panel; null selects the net. */
  select(item) {
    this.#select(item ? item.key : null);
    this.panel.toggle(true);
    this.panel.show(this.selected);
    if (this.selected) this.reveal(this.selected);
    this.#remember();
  }

  #select(key) {
    this.selectedKey = key ?? null;
    const { selected } = this;
    this.tracer.show("selection", selected, this.layout, this.router);
    this.tracer.ring("selection", selected ? [selected] : []);
    this.panel.show(this.selected);
  }

  /** Mark the matches of a search, and the one that is looked at. */
  markHits(hits, hit) {
    this.hits = new Map();
    for (const { item } of hits) {
      const seen = this.scene.seen(item);
      if (seen) this.hits.set(seen, (this.hits.get(seen) ?? 0) + 1);
    }
    this.hit = hit ? this.scene.seen(hit.item) : null;
    this.tracer.ring("hits", [...this.hits.keys()]);
    this.tracer.ring("hit", this.hit ? [this.hit] : []);
  }

  /** Bring what an item is seen as into the middle. */
  goTo(item) {
    const seen = this.scene.seen(item);
    if (!seen) return;
    const box = this.layout.box(seen);
    if (seen.type === "node") this.view.centre(box);
    else this.view.centre({ ...box, bottom: Math.min(box.bottom, box.top + 60) });
    this.#select(item.key);
    this.#remember();
  }

  reveal(thing) {
    const box = this.layout.box(thing);
    if (!box) return;
    const bottom = thing.type === "frame" ? Math.min(box.bottom, box.top + 40) : box.bottom;
    const right = thing.type === "frame" ? Math.min(box.right, box.left + 200) : box.right;
    this.view.reveal({ left: box.left, top: box.top, right, bottom }, this.#room());
  }

  // Looks

  toggleDark(dark = !document.documentElement.classList.contains("dark")) {
    document.documentElement.classList.toggle("dark", dark);
    press("dark", dark);
    this.chosenDark = true;
    keep("dark", String(dark));
  }

  toggleCosts() {
    this.measure.costs = !this.measure.costs;
    press("costs", this.measure.costs);
    this.refold(this.folds);
  }

  toggleGroups(on = this.stage.classList.contains("no-groups")) {
    if (!this.model.data.groups.length) return;
    this.stage.classList.toggle("no-groups", !on);
    press("groups", on);
  }

  /** Dim a placement group, or show it again. */
  muteGroup(group) {
    if (this.muted.has(group)) this.muted.delete(group);
    else this.muted.add(group);
    for (const [thing, element] of this.painter.elements) this.#dress(thing, element);
    this.painter.outlines.replaceChildren();
    this.#viewed();
    this.#legend();
  }

  /** Show all, in as many columns as suit the window best. */
  fit() {
    this.refold(this.folds, null, true);
    this.#showAll();
  }

  #showAll(smooth = true) {
    const { width, height } = this.layout;
    this.view.fit({ left: 0, top: 0, right: width, bottom: height }, this.#room(), 1.6, smooth);
  }

  resized() {
    if (!this.model) return;
    const { width, height } = this.view.size;
    this.view.measure();
    // What was in the middle stays there.
    if (width) this.view.panBy((this.view.size.width - width) / 2, (this.view.size.height - height) / 2);
  }

  focusPicture() {
    this.keys.focus(this.hit ?? this.selected ?? this.keys.current);
  }

  dismiss() {
    this.card.hide();
    if (this.search.input.value) this.search.clear();
    else if (this.selectedKey !== null) this.#select(null);
    else this.panel.toggle(false);
    this.#remember();
  }

  /** Tell who listens to the page. */
  say(words) {
    byId("said").textContent = words;
  }

  error(text) {
    byId("error").hidden = !text;
    byId("error-text").textContent = text;
    this.stage.classList.toggle("stale", Boolean(text));
  }

  notice(text) {
    byId("notice").textContent = text;
  }

  // Laying out and painting

  #room() {
    const { width, height } = this.view.size;
    const legend = settings.legend && innerWidth > 700 ? byId("legend").offsetHeight : 0;
    return { left: 18, top: 14, width: Math.max(80, width - 36), height: Math.max(80, height - 28 - Math.max(legend, 24)) };
  }

  /** Lay out and paint; unless `fresh` the columns stay about as high as they were. */
  #lay(fresh) {
    const limit = fresh ? null : this.layout.limit;
    this.scene = new Scene(this.model, this.folds);
    this.layout = layOut(this.scene, this.measure, this.#room(), limit);
    this.router = new Router(this.layout);
    this.tracer.clear();
    this.hover = null;
    this.painter.paint(this.layout, this.router);
    this.#legend();
    this.markHits(this.search.hits, this.search.hits[this.search.at] ?? null);
    this.#viewed();
  }

  #viewed() {
    if (!this.layout) return;
    this.picture.classList.toggle("far", this.view.k < SMALLEST);
    byId("scale").textContent = `${Math.round(this.view.k * 100)} %`;
    this.painter.show(this.view.isPrinted ? null : this.view.rectangle, this.view.k);
  }

  /** The marks of a node, frame or edge that is put into the page. */
  #dress(thing, element) {
    element.classList.toggle("muted", this.#isMuted(thing));
    this.tracer.dress(thing, element);
  }

  #isMuted(thing) {
    if (!this.muted.size) return false;
    const group = (part) => (part.role === "fork" ? -1 : part.item.lane ?? groupOf(part.item));
    if (thing.type) return this.muted.has(group(thing));
    return this.muted.has(group(thing.source)) || this.muted.has(group(thing.target));
  }

  /** As many levels of blocks as leave a picture that can be read in this window, or what the address says. */
  #firstFolds() {
    const address = this.#fromAddress();
    if (address.has("closed") || address.has("copies")) {
      return new Folds(listOf(address.get("closed")), listOf(address.get("copies")));
    }
    const folds = new Folds();
    const deepest = Math.max(0, ...[...within(this.model.root)].map(depthOf));
    let depth = settings.depth ?? deepest;
    folds.setDepth(this.model, depth);
    while (settings.depth === null && depth > 0 && !this.#isReadable(folds)) folds.setDepth(this.model, --depth);
    const blocks = (paths) => paths.map((path) => this.model.item(path)).filter((item) => item?.type === "block");
    for (const block of blocks(settings.expand)) {
      folds.reveal(block);
      for (const item of within(block)) if (item.type === "block") folds.close(item, false);
    }
    for (const block of blocks(settings.fold)) folds.close(block);
    return folds;
  }

  #isReadable(folds) {
    const scene = new Scene(this.model, folds);
    if (scene.nodes.length > 400) return false;
    const room = this.#room();
    return scaleFor(layOut(scene, this.measure, room), room) >= READABLE;
  }

  /** Where in the window the top left corner of an item is, or of what hides it. */
  #corner(key) {
    const item = key === null ? null : this.scene.model.item(key);
    const seen = item && this.scene.seen(item);
    const box = seen && this.layout.box(seen);
    return box ? [box.left * this.view.k + this.view.x, box.top * this.view.k + this.view.y] : null;
  }

  /** The key of the node nearest to the middle of the window. */
  #inTheMiddle() {
    const { width, height } = this.view.size;
    const middle = [(width / 2 - this.view.x) / this.view.k, (height / 2 - this.view.y) / this.view.k];
    const far = (spot) => distance([spot.x, spot.y], middle);
    const spots = this.layout.spots.filter((spot) => spot.node.role !== "fork");
    return spots.reduce((best, spot) => (best && far(best) <= far(spot) ? best : spot), null)?.node.key ?? null;
  }

  /** Where nodes are in the window, by key. */
  #places() {
    const { k, x, y } = this.view;
    return new Map(this.layout?.spots.map((spot) => [spot.node.key, [spot.x * k + x, spot.y * k + y]]));
  }

  /** Let nodes slide from where they were, so that the eye can follow. */
  #slide(places) {
    if (this.painter.parts.length > FEW || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const { k, x, y } = this.view;
    const timing = { duration: 240, easing: "cubic-bezier(.2,.7,.3,1)" };
    for (const spot of this.layout.spots) {
      const before = places.get(spot.node.key);
      const element = this.painter.element(spot.node);
      if (!element) continue;
      if (!before) {
        element.animate({ opacity: [0, 1] }, timing);
        continue;
      }
      const [dx, dy] = [(before[0] - spot.x * k - x) / k, (before[1] - spot.y * k - y) / k];
      if (Math.abs(dx) + Math.abs(dy) > 0.5) element.animate({ transform: [`translate(${dx}px,${dy}px)`, "none"] }, timing);
    }
    const { edges } = this.painter.layers;
    edges.animate({ opacity: [0, 0, 1] }, { duration: 320 });
    for (const layer of this.painter.layers.frames) layer.animate({ opacity: [0.2, 1] }, timing);
  }

  #head() {
    const { data } = this.model;
    const title = settings.title === null ? data.net : settings.title;
    byId("name").textContent = title;
    document.title = title || data.net;
    const { parameters, macs, layers } = data.totals;
    byId("facts").textContent = `${plural(layers, "layer")} · ${count(parameters)} parameters · ${count(macs)} MACs`;
    byId("caption").textContent = settings.caption;
    byId("groups").hidden = data.groups.length === 0;
    this.picture.setAttribute("aria-label", `net ${data.net}: arrow keys walk along the connections, Enter folds and unfolds`);
  }

  #legend() {
    const entries = settings.legend ? legendOf(this.model, this.scene, this.router) : [];
    const groups = this.model.data.groups.map(({ name }, group) =>
      html("li", {}, html("button", {
        type: "button",
        class: `chip lane-${group % settings.lanes}`,
        "aria-pressed": String(!this.muted.has(group)),
        onclick: () => this.muteGroup(group),
      }, name)));
    byId("legend").replaceChildren(...groups, ...entries);
  }

  // The address

  #fromAddress() {
    return new URLSearchParams(location.hash.slice(1));
  }

  /** Write what is folded and selected into the address, so that it can be shared. */
  #remember() {
    const address = new URLSearchParams();
    address.set("closed", [...this.folds.closed].filter((key) => this.model.item(key)).map(encodeURIComponent).join(","));
    const copies = [...this.folds.copies].map(encodeURIComponent).join(",");
    if (copies) address.set("copies", copies);
    if (this.selectedKey !== null) address.set("at", this.selectedKey);
    const text = `#${address}`;
    // Browsers allow only so many changes a minute.
    clearTimeout(this.remembering);
    if (text.length < LONGEST_ADDRESS) this.remembering = setTimeout(() => history.replaceState(null, "", text), 150);
  }

  // Listening

  #listen() {
    const clicks = {
      "fold-all": () => this.foldAll(),
      "open-level": () => this.openLevel(),
      "close-level": () => this.closeLevel(),
      groups: () => this.toggleGroups(),
      costs: () => this.toggleCosts(),
      dark: () => this.toggleDark(),
      "show-panel": () => this.panel.toggle(),
      "show-help": () => byId("help").showModal(),
      "zoom-in": () => this.view.zoomBy(1.3, undefined, true),
      "zoom-out": () => this.view.zoomBy(1 / 1.3, undefined, true),
      fit: () => this.fit(),
      "close-error": () => this.error(""),
    };
    for (const [id, action] of Object.entries(clicks)) byId(id).addEventListener("click", () => this.model && action());
    byId("help").addEventListener("click", (event) => {
      if (event.target === byId("help")) byId("help").close();
    });
    this.picture.addEventListener("click", (event) => this.#click(event));
    this.picture.addEventListener("pointermove", (event) => this.#point(event));
    this.picture.addEventListener("pointerleave", () => this.#hover(null));
    new ResizeObserver(() => this.resized()).observe(this.stage);
    addEventListener("hashchange", () => this.#followAddress());
    const system = matchMedia("(prefers-color-scheme: dark)");
    const kept = readKept("dark");
    if (kept !== null) this.toggleDark(kept === "true");
    else if (settings.dark || system.matches) this.toggleDark(true);
    this.chosenDark = kept !== null || settings.dark;
    system.addEventListener("change", () => {
      if (!this.chosenDark) {
        this.toggleDark(system.matches);
        this.chosenDark = false;
      }
    });
    press("costs", settings.costs);
    press("groups", true);
    this.paper = new CSSStyleSheet();
    document.adoptedStyleSheets = [this.paper];
    const printing = (on) => this.#print(on);
    addEventListener("beforeprint", () => printing(true));
    addEventListener("afterprint", () => printing(false));
    matchMedia("print").addEventListener("change", (event) => printing(event.matches));
  }

  #followAddress() {
    const address = this.#fromAddress();
    if (!this.model || !address.has("closed")) return;
    this.refold(new Folds(listOf(address.get("closed")), listOf(address.get("copies"))));
    this.#select(address.get("at"));
  }

  #click(event) {
    if (!this.model || this.view.dragged) return;
    const thing = this.painter.thingAt(event.target);
    if (this.painter.isCoarse) {
      // Too small to hit anything: come nearer.
      this.view.centreOn(this.view.at(event.clientX, event.clientY), 1);
    } else if (thing && event.target.closest(".times")) this.toggleCopies(thing);
    else if (thing && (event.target.closest(".heading") || thing.role === "summary")) this.toggle(thing);
    else if (thing && thing.role !== "fork" && thing.item.lane === undefined) this.select(thing.item);
    else if (this.hover && !this.hover.type) this.select(this.hover.flows[0].target);
    else this.#select(null);
    this.card.hide();
  }

  #point(event) {
    if (!this.model || event.pointerType === "touch" || this.view.dragged && this.view.pointers.size) return;
    let thing = this.painter.isCoarse ? this.#nodeAt(event) : this.painter.thingAt(event.target);
    const isBackground = !thing || (thing.type === "frame" && !event.target.closest(".heading, .times"));
    if (isBackground || thing.role === "fork") thing = this.#edgeAt(event) ?? null;
    this.#hover(thing, event);
  }

  #hover(thing, event) {
    if (thing !== this.hover) {
      this.hover = thing;
      this.tracer.show("hover", thing, this.layout, this.router);
      this.picture.classList.toggle("on-edge", Boolean(thing && !thing.type));
      if (!thing) this.card.hide();
      else {
        const cards = () => (thing.type ? cardsOf(thing, this.model) : edgeCard(thing, this.router.look(thing).look));
        this.card.await(cards, event.clientX, event.clientY);
      }
    } else if (thing) this.card.move(event.clientX, event.clientY);
  }

  /** The node at the pointer, where nodes have no elements. */
  #nodeAt(event) {
    const [x, y] = this.view.at(event.clientX, event.clientY);
    const spot = this.layout.spots.find((at) => at.left <= x && x <= at.right && at.top <= y && y <= at.bottom);
    return spot?.node ?? null;
  }

  /** The edge at the pointer, if any. */
  #edgeAt(event) {
    const [x, y] = this.view.at(event.clientX, event.clientY);
    const near = NEAR / this.view.k;
    let [best, least] = [null, near];
    for (const part of this.painter.parts) {
      if (part.thing.type || !overlap(part.box, { left: x - near, right: x + near, top: y - near, bottom: y + near })) continue;
      part.points ??= sampled(this.painter.ways.get(part.thing));
      const far = distanceTo(part.points, x, y);
      if (far < least) [best, least] = [part.thing, far];
    }
    return best;
  }

  /** On paper all of the picture stands on the page, and nothing else. */
  #print(on) {
    if (!this.model || this.view.isPrinted === on) return;
    this.view.isPrinted = on;
    if (on) {
      this.painter.show(null);
      this.picture.classList.remove("far");
      const { width, height } = this.layout;
      this.picture.setAttribute("viewBox", `-2 -2 ${width + 4} ${height + 4}`);
      this.paper.replaceSync(`@page { size: ${width > height ? "landscape" : "portrait"} }`);
      this.world.removeAttribute("transform");
    } else {
      this.picture.removeAttribute("viewBox");
      this.view.panBy(0, 0);
    }
  }
}

function distanceTo(points, x, y) {
  let least = Infinity;
  for (let index = 1; index < points.length; index += 1) {
    const [[ax, ay], [bx, by]] = [points[index - 1], points[index]];
    const length = (bx - ax) ** 2 + (by - ay) ** 2;
    const part = length ? Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length)) : 0;
    least = Math.min(least, Math.hypot(ax + (bx - ax) * part - x, ay + (by - ay) * part - y));
  }
  return least;
}

/** How many blocks stand around the inside of an item. */
function depthOf(item) {
  if (item.type !== "block" || !item.parent || item.lane !== undefined) return 0;
  return 1 + [...around(item)].filter((above) => above.type === "block" && above.lane === undefined).length;
}

function listOf(text) {
  return (text ?? "").split(",").filter(Boolean).map(decodeURIComponent);
}

function press(id, pressed) {
  byId(id).setAttribute("aria-pressed", String(pressed));
}

/** What the reader chose stays for this window; a page that may keep nothing starts afresh. */
function keep(name, value) {
  try {
    sessionStorage.setItem(name, value);
  } catch {
    // The browser forbids it.
  }
}

function readKept(name) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

const app = new App();
// The page can be read without its font: a browser that refuses it takes the next one.
const fonts = Promise.allSettled(["", "bold "].map((weight) => document.fonts.load(`${weight}10px "Inter Net"`)));
let waiting = JSON.parse(byId("data").textContent);

window.netcompiler = {
  /** Show a net anew; what is folded, selected and searched for stays so. */
  update(data) {
    app.error("");
    waiting = data;
    fonts.finally(() => {
      if (waiting === data) app.load(data);
    });
  },
  /** Show an error over the picture; "" takes it away. */
  error: (text) => app.error(text),
  /** Show a short word in the page's head; "" takes it away. */
  notice: (text) => app.notice(text),
};

app.error(settings.error);
fonts.finally(() => {
  if (waiting) app.load(waiting);
  else document.documentElement.dataset.ready = "yes";
});
