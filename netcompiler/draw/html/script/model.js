// The net that the page shows: what Python wrote, with everything joined up.
//
// An item is a leaf (one node of the picture), a block with children, or a run: identical copies in a row, of which
// only the first is shown until it is unfolded.

class Model {
  constructor(data) {
    this.data = data;
    this.facts = data.facts.map((facts) => ({ ...facts, arguments: data.arguments[facts.arguments] }));
    this.layers = data.layers.map((row) => this.#layer(row));
    this.leaves = [];
    this.items = new Map();
    this.root = this.#block({ path: "", name: data.net, definition: "", shape: -1, children: data.tree }, null);
    this.flows = data.flows.map((row) => this.#flow(row));
    if (data.groups.length) this.#makeLanes();
    this.#number(this.root);
    for (const leaf of this.leaves) for (const layer of [...leaf.layers, ...leaf.through]) layer.leaf = leaf;
  }

  /** The item of this key, or undefined. */
  item(key) {
    return this.items.get(key);
  }

  /** The lines of a source; columns count characters as Python does. */
  source(index) {
    const source = this.data.sources[index];
    source.characters ??= /[\u{10000}-\u{10ffff}]/u.test(source.text) ? Array.from(source.text) : source.text;
    source.lines ??= source.text.split("\n").map((line) => line.replace(/\r$/, ""));
    if (!source.starts) {
      source.starts = [0];
      for (let i = 0; i < source.characters.length; i += 1) {
        if (source.characters[i] === "\n") source.starts.push(i + 1);
      }
    }
    return source;
  }

  /** The first and the last line, from 0, of a place in a source. */
  lines(place) {
    const { starts } = this.source(place.source);
    const line = (offset) => {
      let [low, high] = [0, starts.length];
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (starts[middle] <= offset) low = middle;
        else high = middle;
      }
      return low;
    };
    return [line(place.start), line(Math.max(place.start, place.end - 1))];
  }

  /** The scope of a path with its place in the spec, or null. */
  scope(path) {
    const row = this.data.scopes[path];
    if (!row) return null;
    const [definition, args, source, start, end] = row;
    return { path, definition, args, source, start, end };
  }

  #layer([id, facts, group, source, start, end]) {
    // A further run of a layer is called fc@2, and its path is fc.
    const path = id.startsWith("input:") ? id.slice(6) : id.replace(/@\d+$/, "");
    return { id, path, facts: this.facts[facts], group, source, start, end, leaf: null };
  }

  #add(item) {
    // Keys name items in the page's address and from one version of a spec to the next.
    while (this.items.has(item.key)) item.key += "'";
    this.items.set(item.key, item);
    return item;
  }

  #item(row, parent) {
    if (Array.isArray(row)) return this.#leaf(row, parent);
    return row.times ? this.#run(row, parent) : this.#block(row, parent);
  }

  #leaf([look, group, layers, through], parent) {
    const of = (indices) => indices.map((index) => this.layers[index]);
    const leaf = { ...this.data.looks[look], type: "leaf", group, layers: of(layers), through: of(through), parent };
    leaf.shape = this.data.shapes[leaf.shape];
    leaf.index = this.leaves.length;
    leaf.key = leaf.layers.length ? leaf.layers[0].id : `output:${leaf.title}`;
    this.leaves.push(leaf);
    return this.#add(leaf);
  }

  #block(row, parent) {
    const { path, name, definition } = row;
    const block = { type: "block", path, key: path, name, definition, shape: this.data.shapes[row.shape], parent };
    this.#add(block);
    block.children = row.children.map((child) => this.#item(child, block));
    return block;
  }

  #run(row, parent) {
    const run = { type: "run", times: row.times, varies: row.varies, shape: this.data.shapes[row.shape], parent };
    run.children = [];
    for (let start = 0; start < row.children.length; start += row.length) {
      const copy = row.children.slice(start, start + row.length);
      run.children.push(copy.length === 1 ? this.#item(copy[0], run) : this.#copy(copy, run));
    }
    run.key = `×${run.children[0].key}`;
    return this.#add(run);
  }

  /** A copy of several items is a block without a name. */
  #copy(rows, run) {
    const block = { type: "block", path: "", name: "", definition: "", shape: run.shape, parent: run };
    block.children = rows.map((row) => this.#item(row, block));
    block.key = `{${block.children[0].key}`;
    return this.#add(block);
  }

  #flow([source, target, argument, shape, marks, size]) {
    return {
      source: this.leaves[source],
      target: this.leaves[target],
      argument,
      shape: this.data.shapes[shape],
      skip: (marks & 1) > 0,
      crosses: (marks & 2) > 0,
      bytes: size,
    };
  }

  /** Everything that runs on a placement group goes into a block for that group. */
  #makeLanes() {
    const lanes = this.data.groups.map(({ name }, lane) =>
      this.#add({
        type: "block", path: "", key: `on ${name}`, name, definition: "", shape: "", parent: this.root, lane,
        children: [],
      }));
    const outside = [];
    for (const item of this.root.children) {
      const group = groupOf(item);
      if (group < 0 || item.role === "input" || item.role === "output") outside.push(item);
      else {
        item.parent = lanes[group];
        lanes[group].children.push(item);
      }
    }
    this.root.children = [...lanes.filter((lane) => lane.children.length), ...outside];
  }

  /** Give every item the range of its leaves in the tree's order, and its sums. */
  #number(root) {
    const ordered = [];
    const visit = (item) => {
      item.first = ordered.length;
      item.parameters = item.macs = item.count = 0;
      if (item.type === "leaf") {
        ordered.push(item);
        for (const layer of item.layers) addSums(item, layer.facts.parameters, layer.facts.macs, 1);
        item.count += item.through.length;
      } else {
        for (const child of item.children) {
          visit(child);
          addSums(item, child.parameters, child.macs, child.count);
        }
      }
      item.last = ordered.length;
    };
    visit(root);
    this.ordered = ordered;
  }
}

function addSums(item, parameters, macs, layers) {
  item.parameters += parameters;
  item.macs += macs;
  item.count += layers;
}

/** The placement group that all of an item runs on; -1 for none. */
function groupOf(item) {
  if (item.type === "leaf") return item.group;
  const groups = new Set(item.children.map(groupOf));
  return groups.size === 1 ? [...groups][0] : -1;
}

/** The items around an item, the nearest first, the net itself left out. */
function* around(item) {
  for (let above = item.parent; above && above.parent; above = above.parent) yield above;
}

/** An item and everything in it, outer ones first. */
function* within(item) {
  yield item;
  for (const child of item.children ?? []) yield* within(child);
}
