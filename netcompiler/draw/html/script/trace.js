// Ways of values: what a node reads and who reads it, and all of a skip connection's way.

/** What belongs to a node, a frame or an edge: edges by what they are to it, and the nodes at their ends. */
function traceOf(thing, layout, router) {
  const trace = { edges: new Map(), nodes: new Map() };
  if (thing.type === "node") traceNode(trace, thing, layout);
  else if (thing.type === "frame") traceFrame(trace, thing, layout.scene);
  else traceEdge(trace, thing, layout);
  // A part of a skip connection stands for all of it.
  for (const [edge, kind] of [...trace.edges]) {
    if (router.detours.has(edge)) for (const part of detourOf(edge, layout)) mark(trace, part, kind);
  }
  return trace;
}

function mark(trace, edge, kind) {
  if (!trace.edges.has(edge)) trace.edges.set(edge, kind);
  for (const node of [edge.source, edge.target]) if (!trace.nodes.has(node)) trace.nodes.set(node, kind);
}

function traceNode(trace, node, { scene }) {
  trace.nodes.set(node, "self");
  for (const edge of scene.edgesInto(node)) traceBack(trace, edge, scene, "in");
  for (const edge of scene.edgesOutOf(node)) traceOn(trace, edge, scene, "out");
}

function traceFrame(trace, frame, scene) {
  const inside = [...nodesIn(frame)];
  for (const node of inside) {
    for (const edge of scene.edgesInto(node)) if (!isInside(edge.source, frame)) traceBack(trace, edge, scene, "in");
    for (const edge of scene.edgesOutOf(node)) if (!isInside(edge.target, frame)) traceOn(trace, edge, scene, "out");
  }
}

/** An edge from node to node, past the forks on its way; where it starts at a fork, the way into that too. */
function traceEdge(trace, edge, { scene }) {
  traceBack(trace, edge, scene, "way");
  if (edge.target.role === "fork") traceOn(trace, edge, scene, "way");
}

function traceBack(trace, edge, scene, kind) {
  mark(trace, edge, kind);
  if (edge.source.role === "fork") for (const trunk of scene.edgesInto(edge.source)) traceBack(trace, trunk, scene, kind);
}

function traceOn(trace, edge, scene, kind) {
  mark(trace, edge, kind);
  if (edge.target.role === "fork") for (const branch of scene.edgesOutOf(edge.target)) traceOn(trace, branch, scene, kind);
}

/** All edges of the skip connection that an edge is part of. */
function detourOf(edge, layout) {
  return layout.detours.filter((edges) => edges.includes(edge)).flat();
}

/** Marks what belongs to what the pointer is on and to what is selected, and puts rings around things. */
class Tracer {
  constructor(painter) {
    this.painter = painter;
    this.traces = new Map(); // by why: "hover" or "selection"
    this.rings = new Map(); // by why: things
  }

  /** Put rings around some nodes and frames, instead of those put there for the same reason. */
  ring(why, things) {
    this.rings.set(why, things);
    this.#halos();
  }

  clear() {
    this.traces.clear();
    this.rings.clear();
  }

  /** Show the trace of a thing, or none. */
  show(why, thing, layout, router) {
    const before = this.traces.get(why);
    if (thing) this.traces.set(why, traceOf(thing, layout, router));
    else this.traces.delete(why);
    for (const trace of [before, this.traces.get(why)]) {
      if (!trace) continue;
      for (const part of [...trace.edges.keys(), ...trace.nodes.keys()]) {
        const element = this.painter.element(part);
        if (element) this.dress(part, element);
      }
    }
    this.#halos();
  }

  /** Give an element the marks that it has by now. */
  dress(thing, element) {
    for (const kind of ["in", "out", "way", "self"]) {
      const has = [...this.traces.values()].some((trace) => (trace.edges.get(thing) ?? trace.nodes.get(thing)) === kind);
      element.classList.toggle(`lit-${kind}`, has);
    }
  }

  /** Broad lines below the edges, drawn anew: they are few. */
  #halos() {
    const halos = [];
    for (const trace of this.traces.values()) {
      for (const [edge, kind] of trace.edges) {
        const way = this.painter.ways.get(edge);
        if (!way) continue;
        const { look } = this.painter.router.look(edge);
        halos.push(svg("path", { class: `halo ${kind} ${look}`, d: pathOf(way) }));
      }
    }
    for (const [why, things] of this.rings) {
      const boxes = things.map((thing) => this.painter.layout.box(thing)).filter(Boolean);
      const d = boxes.map((at) => box(at.left - 4, at.top - 4, at.right + 4, at.bottom + 4)).join("");
      if (d) halos.push(svg("path", { class: `ring ${why}`, d }));
    }
    this.painter.layers.traces.replaceChildren(...halos);
  }
}
