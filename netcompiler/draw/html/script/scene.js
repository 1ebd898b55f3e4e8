// What can be seen of a net at the moment: frames and nodes, and the edges between nodes.
//
// A frame is an open block, an unfolded run or a placement group; a node is a leaf, a closed block or a fork, the
// point at the head of a frame from which a value goes to several places in it.

class Scene {
  constructor(model, folds) {
    this.model = model;
    this.folds = folds;
    this.nodes = [];
    this.frames = [];
    this.shown = new Map();
    this.edges = [];
    this.into = new Map();
    this.outOf = new Map();
    // By a leaf's place in the tree: the node it is seen as, and whether it belongs to a folded copy.
    this.seenAs = new Array(model.ordered.length);
    this.isCopy = new Uint8Array(model.ordered.length);
    this.root = this.#frame(model.root, null, null);
    this.#connect();
    for (const frame of this.frames) if (frame !== this.root && frame.item.lane === undefined) this.#fork(frame);
    this.edges = this.edges.filter((edge) => !edge.gone);
  }

  edgesInto(node) {
    return this.into.get(node) ?? [];
  }

  edgesOutOf(node) {
    return this.outOf.get(node) ?? [];
  }

  /** What an item is seen as: its frame or node, or the node of what hides it. */
  seen(item) {
    for (let one = item; one; one = one.parent) {
      const found = this.shown.get(one.key);
      if (found) return found;
    }
    return null;
  }

  #place(item, parent, run) {
    if (item.type === "run") return this.#run(item, parent);
    if (item.type === "leaf" || this.folds.isClosed(item)) return this.#node(item, parent, run);
    return this.#frame(item, parent, run);
  }

  #run(run, parent) {
    if (this.folds.isUnfolded(run)) return this.#frame(run, parent, null);
    const [first, ...copies] = run.children;
    const seen = this.#place(first, parent, run);
    this.shown.set(run.key, seen);
    for (const copy of copies) {
      for (let offset = 0; offset < copy.last - copy.first; offset += 1) {
        this.seenAs[copy.first + offset] = this.seenAs[first.first + offset];
        this.isCopy[copy.first + offset] = 1;
      }
    }
    return seen;
  }

  #node(item, parent, run) {
    const role = item.type === "leaf" ? item.role : "summary";
    const node = { type: "node", key: item.key, item, parent, run, role, kind: item.kind ?? "block" };
    node.times = run ? run.times : 1;
    node.shape = item.shape;
    this.nodes.push(node);
    this.shown.set(item.key, node);
    this.seenAs.fill(node, item.first, item.last);
    return node;
  }

  #frame(item, parent, run) {
    const frame = { type: "frame", key: item.key, item, parent, run, times: run ? run.times : 1 };
    frame.shape = (run ?? item).shape;
    frame.depth = parent ? parent.depth + 1 : 0;
    this.frames.push(frame);
    this.shown.set(item.key, frame);
    frame.children = item.children.map((child) => this.#place(child, frame, null));
    return frame;
  }

  #connect() {
    const known = new Map();
    for (const flow of this.model.flows) {
      if (this.isCopy[flow.target.first]) continue;
      const source = this.seenAs[flow.source.first];
      const target = this.seenAs[flow.target.first];
      if (source === target) continue;
      if (!known.has(source)) known.set(source, new Map());
      const edge = known.get(source).get(target);
      if (edge) merge(edge, flow);
      else known.get(source).set(target, this.#add(edgeOf(source, target, flow)));
    }
  }

  #add(edge) {
    this.edges.push(edge);
    if (!this.outOf.has(edge.source)) this.outOf.set(edge.source, []);
    if (!this.into.has(edge.target)) this.into.set(edge.target, []);
    this.outOf.get(edge.source).push(edge);
    this.into.get(edge.target).push(edge);
    return edge;
  }

  /** Put a fork at the head of a frame that reads a value from outside in several places. */
  #fork(frame) {
    let source = null;
    const found = [];
    const places = new Set();
    for (const node of nodesIn(frame)) {
      for (const edge of this.edgesInto(node)) {
        if (isInside(edge.source, frame)) continue;
        // The value that the block works on is the first it reads; others, such as a skip connection from far
        // above, go straight to where they are read.
        source ??= edge.source;
        if (edge.source !== source) continue;
        found.push(edge);
        places.add(childAround(frame, node));
      }
    }
    if (places.size < 2) return;
    const fork = { type: "node", key: `fork ${frame.key}`, item: frame.item, parent: frame, role: "fork", kind: "fork" };
    fork.times = 1;
    fork.shape = found[0].shape;
    frame.children.unshift(fork);
    this.nodes.push(fork);
    const trunk = { ...found[0], source, target: fork, flows: found.flatMap((edge) => edge.flows), skip: false };
    trunk.crosses = found.some((edge) => edge.crosses);
    this.#add(trunk);
    for (const edge of found) {
      this.#add({ ...edge, source: fork, crosses: false });
      edge.gone = true;
      this.into.set(edge.target, this.edgesInto(edge.target).filter((other) => !other.gone));
    }
    this.outOf.set(source, this.edgesOutOf(source).filter((edge) => !edge.gone));
  }
}

function edgeOf(source, target, flow) {
  const { argument, shape, skip, crosses } = flow;
  return { source, target, flows: [flow], argument, shape, skip, crosses, bytes: flow.bytes };
}

/** One edge stands for all values that go from one node to another. */
function merge(edge, flow) {
  if (!edge.flows.some((other) => other.source === flow.source)) edge.bytes += flow.bytes;
  edge.flows.push(flow);
  edge.skip &&= flow.skip;
  edge.crosses ||= flow.crosses;
}

function* nodesIn(part) {
  if (part.type === "node") yield part;
  else for (const child of part.children) yield* nodesIn(child);
}

function isInside(part, frame) {
  for (let above = part.parent; above; above = above.parent) if (above === frame) return true;
  return false;
}

/** The child of a frame in which a node stands, or null. */
function childAround(frame, node) {
  let part = node;
  while (part && part.parent !== frame) part = part.parent;
  return part;
}
