// The picture as SVG. Of a large one only what lies near the view is in the page.

const SVG = "http://www.w3.org/2000/svg";
const INSET = 9; // between a frame and its title
const MOST_SHEETS = 2;
const FEW = 1500; // parts up to which all stay in the page
const SMALLEST = 0.22; // the scale below which words are left out: nobody could read them
const MANY = 700; // parts in the window from which on a large picture is drawn in outlines
const LEGIBLE = 0.9; // the scale from which on it is drawn in full all the same

function svg(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

class Painter {
  constructor(world, measure, sizes) {
    this.world = world;
    this.measure = measure;
    this.sizes = sizes;
    this.parts = [];
    this.partOf = new WeakMap();
    this.elements = new Map();
    this.dress = () => {};
    this.isMuted = () => false;
  }

  /** Show another layout. */
  paint(layout, router) {
    this.layout = layout;
    this.router = router;
    this.elements.clear();
    const depth = layout.areas.reduce((most, area) => Math.max(most, area.frame.depth), 0);
    this.layers = {
      frames: Array.from({ length: depth + 1 }, () => svg("g", {})),
      traces: svg("g", { class: "traces" }),
      edges: svg("g", { class: "edges" }),
      nodes: svg("g", { class: "nodes" }),
    };
    const { frames, traces, edges, nodes } = this.layers;
    this.outlines = svg("g", { class: "outlines" });
    this.world.replaceChildren(this.outlines, svg("g", { class: "frames" }, ...frames), traces, edges, nodes);
    this.ways = new Map(layout.scene.edges.map((edge) => [edge, router.way(edge)]));
    this.arcs = null;
    this.labels = this.#labels();
    this.parts = [
      ...layout.areas.map((area) => this.#framePart(area)),
      ...layout.scene.edges.map((edge) => this.#edgePart(edge)),
      ...layout.spots.map((spot) => this.#nodePart(spot)),
    ];
    this.shown = null;
    this.isCoarse = false;
  }

  /** Put into the page what lies in a rectangle, and take out what does not; everything without a rectangle. */
  show(rectangle, scale = 1) {
    this.isCoarse = rectangle !== null && this.parts.length > FEW && scale < LEGIBLE && this.#isCrowded(rectangle);
    this.world.classList.toggle("coarse", this.isCoarse);
    if (this.isCoarse) {
      if (!this.outlines.hasChildNodes()) this.outline();
      return;
    }
    if (this.parts.length <= FEW) {
      if (this.shown === "all") return;
      this.shown = "all";
      for (const part of this.parts) this.#enter(part);
      return;
    }
    if (this.shown && rectangle && contains(this.shown.inner, rectangle) && rectangle.width > this.shown.width / 3) return;
    this.shown = rectangle ? { inner: grown(rectangle, 0.1), width: rectangle.width } : null;
    const wanted = rectangle ? grown(rectangle, 0.25) : null;
    for (const part of this.parts) {
      if (!wanted || overlap(part.box, wanted)) this.#enter(part);
      else this.#leave(part);
    }
  }

  #isCrowded(rectangle) {
    let parts = 0;
    for (const part of this.parts) if (overlap(part.box, rectangle) && ++parts > MANY) return true;
    return false;
  }

  /** Draw everything in a few paths, one for each look: what a window full of thousands of parts needs. */
  outline() {
    const paths = new Map();
    const add = (name, thing, path) => {
      const look = `${name}${this.isMuted(thing) ? " muted" : ""}`;
      paths.set(look, (paths.get(look) ?? "") + path);
    };
    const areas = [...this.layout.areas].sort((one, other) => one.frame.depth - other.frame.depth);
    for (const area of areas) {
      const name = `frame depth-${area.frame.depth} ${frameClass(area.frame)}`;
      add(name, area.frame, box(area.left, area.top, area.right, area.bottom));
    }
    for (const edge of this.layout.scene.edges) add(`edge ${this.router.look(edge).look}`, edge, pathOf(this.ways.get(edge)));
    for (const { node, left, top, right, bottom } of this.layout.spots) {
      if (node.role !== "fork") add(`node kind-${node.kind}`, node, box(left, top, right, bottom));
    }
    this.outlines.replaceChildren(...[...paths].map(([look, d]) =>
      svg("g", { class: look }, svg("path", { class: look.startsWith("edge") ? "line" : "body", d }))));
  }

  /** The element of a node, frame or edge, if it is in the page. */
  element(thing) {
    return this.elements.get(thing);
  }

  /** Make sure that a node or frame is in the page; gives its element. */
  require(thing) {
    const part = this.parts.find((other) => other.thing === thing);
    if (part) this.#enter(part);
    return this.elements.get(thing);
  }

  /** What an element of the page belongs to: a node or a frame, or null. */
  thingAt(element) {
    for (let one = element; one && one !== this.world; one = one.parentNode) {
      const thing = this.partOf.get(one);
      if (thing) return thing;
    }
    return null;
  }

  #enter(part) {
    if (this.elements.has(part.thing)) return;
    part.element ??= part.make();
    this.partOf.set(part.element, part.thing);
    this.elements.set(part.thing, part.element);
    part.layer.append(part.element);
    this.dress(part.thing, part.element);
  }

  #leave(part) {
    const element = this.elements.get(part.thing);
    // What has the focus stays, or the keyboard would lose its place.
    if (!element || element === document.activeElement) return;
    element.remove();
    this.elements.delete(part.thing);
  }

  #line(line, x, y, anchor = "start", className = "") {
    if (!line.length) return "";
    // Text is placed by its middle; a font's middle lies 0.36 of its size above its foot.
    const text = svg("text", { x: round(x), y: round(y + lineSize(line) * 0.36), "text-anchor": anchor });
    const [first, ...rest] = line;
    write(text, first, className);
    for (const piece of rest) {
      const span = svg("tspan", {});
      write(span, piece, "");
      text.append(span);
    }
    return text;
  }

  // Frames

  #framePart(area) {
    const { frame } = area;
    const box = { left: area.left, top: area.top, right: area.right + 10, bottom: area.bottom + 10 };
    return { thing: frame, box, layer: this.layers.frames[frame.depth], make: () => this.#frame(area) };
  }

  #frame({ frame, left, top, right, bottom }) {
    const [width, height] = [right - left, bottom - top];
    const item = frame.item;
    const group = svg("g", { class: `frame ${frameClass(frame)}`, "data-key": frame.key });
    this.#sheets(group, frame.times, left, top, width, height);
    group.append(svg("rect", { class: "body", ...rectangle(left, top, width, height) }));
    const lane = item.lane !== undefined;
    const heading = svg("g", { class: "heading", role: "button", tabindex: "-1", "aria-expanded": "true" });
    heading.setAttribute("aria-label", spokenFrame(frame));
    const high = this.measure.header(frame) - (lane ? 4 : 2);
    heading.append(svg("rect", { class: "handle", ...rectangle(left + 1.5, top + 1.5, width - 3, high - 3) }));
    heading.append(chevron(left + INSET + 2, top + (lane ? 13 : 11), true));
    const { left: title, below, badge, right: shape } = this.measure.heading(frame);
    const x = left + INSET + CHEVRON;
    const [first, second] = lane ? [top + 13, top + 25] : [top + 11, top + 21.5];
    heading.append(this.#line(title, x, first), this.#line(below, x, second));
    if (lane) heading.append(this.#line(badge, right - INSET, first, "end"));
    heading.append(this.#line(shape, right - INSET, badge.length ? second : first, "end"));
    group.append(heading);
    const run = item.type === "run" ? item : frame.run;
    if (run && badge.length) group.append(this.#badge(badge, right - INSET, first, "end", run));
    return group;
  }

  /** The ×n, which unfolds the copies or folds them again. */
  #badge(line, x, y, anchor, run) {
    const width = this.measure.width(line) + 8;
    const left = anchor === "end" ? x - width + 4 : x - 4;
    const button = svg("g", { class: "times", role: "button", tabindex: "-1" });
    button.setAttribute("aria-label", `${run.times} copies: show them all, or only the first`);
    button.append(svg("rect", { class: "handle", ...rectangle(left, y - 8, width, 16) }), this.#line(line, x, y, anchor));
    return button;
  }

  #sheets(group, times, left, top, width, height) {
    for (let sheet = Math.min(times - 1, MOST_SHEETS); sheet > 0; sheet -= 1) {
      group.append(svg("rect", { class: "sheet", ...rectangle(left + 3 * sheet, top + 3 * sheet, width, height) }));
    }
  }

  // Nodes

  #nodePart(spot) {
    const { node } = spot;
    const box = { left: spot.left - 10, top: spot.top - 14, right: spot.right + 10, bottom: spot.bottom + 14 };
    for (const { line, x, anchor } of this.#beside(spot)) {
      const width = this.measure.width(line);
      const left = anchor === "end" ? x - width : x;
      box.left = Math.min(box.left, left);
      box.right = Math.max(box.right, left + width);
    }
    return { thing: node, box, layer: this.layers.nodes, make: () => this.#node(spot) };
  }

  #node(spot) {
    const { node } = spot;
    const looks = isLane(node) ? ` ${laneClass(node.item)}` : node.role === "summary" && node.times > 1 ? " repeated" : "";
    const group = svg("g", { class: `node role-${node.role} kind-${node.kind}${looks}`, "data-key": node.key });
    if (node.role === "fork") {
      group.append(svg("circle", { class: "point", cx: round(spot.x), cy: round(spot.y), r: POINT / 2 }));
      return group;
    }
    group.setAttribute("tabindex", "-1");
    group.setAttribute("role", "button");
    group.setAttribute("aria-label", spokenNode(node));
    if (node.role === "summary") group.setAttribute("aria-expanded", "false");
    if (node.item.training) group.classList.add("training");
    this.#sheets(group, node.times, spot.left, spot.top, spot.width, spot.height);
    if (isCircle(node)) group.append(svg("circle", { class: "body", cx: round(spot.x), cy: round(spot.y), r: CIRCLE / 2 }));
    else group.append(svg("rect", { class: "body", ...rectangle(spot.left, spot.top, spot.width, spot.height, 3) }));
    let y = spot.top + 4.5;
    for (const line of this.measure.lines(node)) {
      const high = lineSize(line) * LEADING;
      group.append(this.#line(line, spot.x, isCircle(node) ? spot.y : y + high / 2, "middle"));
      y += high;
    }
    if (node.role === "summary") group.append(chevron(spot.left + 10, spot.y, false));
    for (const { line, x, y: middle, anchor, className } of this.#beside(spot)) {
      group.append(this.#line(line, x, middle, anchor, className));
    }
    const badge = this.measure.badge(node);
    if (badge.length) group.append(this.#badge(badge, spot.right + 9, spot.top + 3, "start", node.run));
    return group;
  }

  /** What stands beside a node: its caption, the shape of its value, the size of what leaves for other groups. */
  #beside(spot) {
    const found = [...(this.labels.get(spot.node) ?? [])];
    const caption = this.measure.caption(spot.node);
    if (caption.length) found.push({ line: caption, x: spot.left - 4, y: spot.y, anchor: "end", className: "caption" });
    return found;
  }

  /** Shapes and traffic, by node. */
  #labels() {
    const labels = new Map();
    for (const spot of this.layout.spots) {
      const found = [...this.#shape(spot), ...this.#traffic(spot)];
      if (found.length) labels.set(spot.node, found);
    }
    return labels;
  }

  /** The shape of a node's value, beside the way on, when it is news: it changes here and is not said next. */
  #shape(spot) {
    const { node } = spot;
    const { scene, spot: spots } = this.layout;
    const on = scene.edgesOutOf(node).find((edge) => this.#isOn(edge));
    const [first] = scene.edgesInto(node);
    if (!on || node.role === "input" || isLane(node) || (first && first.shape === on.shape)) return [];
    const line = [{ text: on.shape, size: this.sizes.small, color: "quiet", bold: false }];
    const rising = spots.get(on.target).y < spot.y && !this.router.hint(on);
    const y = rising ? spot.top - 6.5 : spot.bottom + 6.5;
    const slanted = scene.edgesOutOf(node).filter((edge) => this.router.isSlanted(edge));
    const away = slanted.map((edge) => spots.get(edge.target).x - spot.x).filter((dx) => Math.abs(dx) > 1);
    const sides = new Set(away.map((dx) => dx > 0));
    if (sides.size === 2) return isSmall(node) ? [] : [{ line, x: spot.right + 4, y: spot.top + 3, anchor: "start" }];
    if (sides.has(true)) return [{ line, x: spot.x - 4.5, y, anchor: "end" }];
    return [{ line, x: spot.x + 4.5, y, anchor: "start" }];
  }

  /** True when an edge simply runs on to a node with words in it that stands in the same frame. */
  #isOn(edge) {
    if (this.router.isSkip(edge) || edge.target.role === "output" || isSmall(edge.target)) return false;
    return edge.target.parent === edge.source.parent || isInside(edge.target, edge.source.parent);
  }

  /** The size of what crosses between groups, near where it leaves, once for each side. */
  #traffic(spot) {
    const { scene, spot: spots, areas } = this.layout;
    const sides = new Map();
    for (const edge of scene.edgesOutOf(spot.node)) {
      if (!edge.crosses) continue;
      const right = spots.get(edge.target).x >= spot.x;
      sides.set(right, [...(sides.get(right) ?? []), edge]);
    }
    if (!sides.size) return [];
    this.arcs ??= arcsOf(this.layout.hints.values(), spots);
    const y = trafficHeight(spot);
    const lane = areas.find((area) => isLane(area.frame) && area.left < spot.x && spot.x < area.right);
    const caption = this.measure.caption(spot.node);
    return [...sides].map(([right, edges]) => {
      let x = clearBeside(this.arcs, spot, y, right, lane?.right);
      if (caption.length && !right) x -= this.measure.width(caption) + 5;
      return { line: this.measure.traffic(edges), x, y, anchor: right ? "start" : "end", className: "traffic" };
    });
  }

  // Edges

  #edgePart(edge) {
    const way = this.ways.get(edge);
    const box = boxOf(way);
    return { thing: edge, box, layer: this.layers.edges, make: () => this.#edge(edge, way) };
  }

  #edge(edge, way) {
    const { look, dashed } = this.router.look(edge);
    const group = svg("g", { class: `edge ${look}${dashed ? " dashed" : ""}` });
    if (edge.target.role === "fork") {
      group.append(svg("path", { class: "line", d: pathOf(way) }));
      return group;
    }
    const { curve, head } = withTip(way);
    group.append(svg("path", { class: "line", d: pathOf(curve) }));
    group.append(svg("path", { class: "tip", d: `M${head.map((point) => point.map(round).join(",")).join("L")}Z` }));
    return group;
  }
}

function write(element, { text, size, color, bold }, className) {
  element.setAttribute("class", `c-${color.startsWith("kind") ? "line" : color}${className ? ` ${className}` : ""}`);
  element.setAttribute("font-size", size);
  element.setAttribute("font-weight", bold ? "bold" : "normal");
  element.append(text);
}

function frameClass(frame) {
  const { item } = frame;
  if (isLane(frame)) return `lane ${laneClass(item)}`;
  if (item.type === "run") return "repeated unfolded";
  if (frame.times > 1) return "repeated";
  return `block-${(frame.depth - 1) % settings.blocks}${frame.depth === 0 ? " net" : ""}`;
}

function laneClass(item) {
  return `lane-${item.lane % settings.lanes}`;
}

/** The sign that folds (down) or unfolds (right). */
function chevron(x, y, open) {
  const path = open ? `M${x - 3.2},${y - 1.6}l3.2,3.4l3.2,-3.4` : `M${x - 1.6},${y - 3.2}l3.4,3.2l-3.4,3.2`;
  return svg("path", { class: "chevron", d: path });
}

function rectangle(x, y, width, height, radius = 4) {
  return { x: round(x), y: round(y), width: round(Math.max(0, width)), height: round(Math.max(0, height)), rx: radius };
}

function box(left, top, right, bottom) {
  return `M${round(left)},${round(top)}H${round(right)}V${round(bottom)}H${round(left)}Z`;
}

function round(number) {
  return +number.toFixed(2);
}

function boxOf(points) {
  const [xs, ys] = [points.map((point) => point[0]), points.map((point) => point[1])];
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

function overlap(a, b) {
  return a.left <= b.right && a.right >= b.left && a.top <= b.bottom && a.bottom >= b.top;
}

function contains(outer, inner) {
  return outer.left <= inner.left && outer.right >= inner.right && outer.top <= inner.top && outer.bottom >= inner.bottom;
}

/** A rectangle that is larger by a share of its size on every side. */
function grown({ left, top, right, bottom }, share) {
  const [dx, dy] = [(right - left) * share, (bottom - top) * share];
  return { left: left - dx, top: top - dy, right: right + dx, bottom: bottom + dy };
}

/** A node in words, for who listens to the page. */
function spokenNode(node) {
  const { item } = node;
  const times = node.times > 1 ? `${node.times} times ` : "";
  if (node.role === "summary") return `${times}folded block ${nameOf(item)}, ${plural(item.count, "layer")}, gives ${item.shape}`;
  const words = [item.name, ...item.before, item.title, ...item.after].filter(Boolean).join(", ");
  const role = item.role === "input" || item.role === "output" ? `${item.role} ` : "";
  return `${times}${role}${words}, gives ${item.shape}`;
}

function spokenFrame(frame) {
  const { item } = frame;
  if (item.lane !== undefined) return `placement group ${item.name}, ${plural(item.count, "layer")}`;
  if (item.type === "run") return `${item.times} copies of ${nameOf(item.children[0])}`;
  const times = frame.times > 1 ? `${frame.times} times ` : "";
  return `${times}block ${nameOf(item)}, ${plural(item.count, "layer")}, gives ${item.shape}`;
}
