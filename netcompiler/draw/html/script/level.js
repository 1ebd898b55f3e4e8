// Items to cells: chains run down, branches stand side by side, long chains wrap into columns.

/** Lays out what can be seen; no column of a chain is higher than `limit` where that can be. */
class Arranger {
  constructor(scene, measure, limit, rising = false) {
    Object.assign(this, { scene, measure, limit, rising });
  }

  /** The same, with values flowing from the bottom to the top. */
  upwards() {
    return new Arranger(this.scene, this.measure, Infinity, true);
  }

  /** The cell of an item; a node is at least so wide. */
  item(item, width = 0) {
    return item.type === "node" ? this.#node(item, width) : this.#frame(item);
  }

  #node(node, least) {
    let [width, height] = this.measure.size(node);
    if (!isSmall(node)) width = Math.max(width, least);
    const cell = new Cell(width / 2, width / 2, height);
    cell.spots.push(new Spot(node, 0, height / 2, width, height));
    const caption = this.measure.caption(node);
    if (caption.length) cell.left += this.measure.width(caption) + 5;
    const badge = this.measure.badge(node);
    if (badge.length) {
      cell.right += this.measure.width(badge) + 8;
      cell.height += 4;
    }
    return cell;
  }

  #frame(frame) {
    const header = this.measure.header(frame);
    const inner = new Level(this, frame.children).cell(this.limit - header - PADDING);
    const { left, below, badge, right } = this.measure.heading(frame);
    const width = (line) => this.measure.width(line);
    const cell = new Cell();
    const [reachLeft, reachRight, exit] = [inner.left, inner.right, inner.exit];
    cell.put(inner, 0, header);
    // The way in runs down the spine, between the titles on its left and on its right.
    cell.grow(
      -Math.max(reachLeft + PADDING, Math.max(width(left), width(below)) + CHEVRON + PADDING + 8),
      Math.max(reachRight + PADDING, Math.max(width(badge), width(right)) + PADDING + 10),
      cell.height + PADDING,
    );
    cell.exit = exit;
    cell.areas.unshift({ frame, left: -cell.left, top: 0, right: cell.right, bottom: cell.height, spine: 0 });
    if (frame.times > 1) cell.grow(-cell.left, cell.right + 6, cell.height + 4);
    return cell;
  }
}

/** The items of one frame and the edges between them; nodes of graphs here are places in its items. */
class Level {
  /** With `lane`, parts that only meet in other lanes follow one another. */
  constructor(arranger, items, lane = false) {
    this.arranger = arranger;
    this.scene = arranger.scene;
    this.rising = arranger.rising;
    this.items = lane ? inParts(items, this.scene) : items;
    this.links = new Map(); // by the places of source and target: edges
    this.successors = new Map();
    this.#connect();
    if (lane) this.#string();
    const wide = this.items.filter((item) => item.type === "node" && item.role !== "output");
    const width = wide.reduce((most, node) => Math.max(most, arranger.measure.size(node)[0]), 0);
    this.cells = this.items.map((item) => arranger.item(item, width));
  }

  /** All items, laid out in columns no higher than the limit. */
  cell(limit) {
    return this.#columns(this.strip(), limit);
  }

  /** All items as a chain, with no place yet. */
  strip() {
    return this.#part(this.items.map((_, index) => index), this.start, this.end);
  }

  /** Some elements one after another, in one column or bent into a U, with nothing beside them. */
  row(elements) {
    return this.#columns(this.#chain(elements, []), Infinity);
  }

  /** The edges from some nodes to others; null stands for no node. */
  between(sources, targets) {
    const wanted = new Set(targets);
    const found = [];
    for (const source of sources) {
      for (const [target, edges] of this.links.get(source) ?? []) if (wanted.has(target)) found.push(...edges);
    }
    return found;
  }

  /**
   * Some elements of a chain one below the other, each with its spine where values leave the one before, and what
   * stands beside them.
   */
  stack(strip, start, end) {
    const stack = { cell: new Cell(), extents: new Map() };
    let [x, y] = [0, 0];
    const order = strip.cells.map((_, index) => index).slice(start, end);
    if (this.rising) order.reverse();
    for (const index of order) {
      const cell = strip.cells[index];
      const { exit, height } = cell;
      if (index !== order[0]) y += strip.gaps[this.rising ? index + 1 : index];
      stack.extents.set(index, [y, y + height, x - cell.left, x + cell.right]);
      stack.cell.put(cell, x, y);
      y += height;
      x += exit;
    }
    stack.cell.exit = x;
    for (const part of strip.hung) if (start <= part.anchor && part.anchor < end) this.#hang(stack, part);
    return stack;
  }

  /** Collect the edges between items, and where the main way starts and ends. */
  #connect() {
    const at = new Map();
    this.items.forEach((item, index) => {
      for (const node of nodesIn(item)) at.set(node, index);
    });
    let [start, end] = [null, null];
    for (const [node, index] of at) {
      for (const edge of this.scene.edgesOutOf(node)) {
        const target = at.get(edge.target);
        if (target === undefined) end = index;
        else if (target !== index) this.#link(index, target, edge);
      }
      if (start === null && this.scene.edgesInto(node).some((edge) => !at.has(edge.source))) start = index;
    }
    this.end = end ?? this.#lastOutput();
    this.start = start ?? this.#longestStart(this.end);
  }

  #link(source, target, edge) {
    if (!this.links.has(source)) {
      this.links.set(source, new Map());
      this.successors.set(source, []);
    }
    const links = this.links.get(source);
    if (links.has(target)) links.get(target).push(edge);
    else {
      links.set(target, [edge]);
      this.successors.get(source).push(target);
    }
  }

  #lastOutput() {
    const outputs = this.items.flatMap((item, index) => (item.role === "output" ? [index] : []));
    const lasting = outputs.filter((index) => !this.items[index].item.training);
    return [...lasting, ...outputs, this.items.length - 1][0];
  }

  /** Of the inputs, that from which the most nodes lie on the way to the end. */
  #longestStart(end) {
    const back = reachable([end], reverse(this.successors));
    const read = new Set([...this.successors.values()].flat());
    let [best, most] = [end, -1];
    for (const node of [...back].sort((a, b) => a - b)) {
      if (read.has(node)) continue;
      const nodes = [...reachable([node], this.successors)].filter((other) => back.has(other)).length;
      if (nodes > most) [best, most] = [node, nodes];
    }
    return best;
  }

  /** In a lane, make parts that nothing joins follow one another. */
  #string() {
    const parts = components(this.items.map((_, index) => index), this.successors);
    parts.slice(1).forEach((part, index) => {
      const before = parts[index].at(-1);
      this.successors.set(before, [...(this.successors.get(before) ?? []), part[0]]);
    });
    this.start = 0;
    this.end = this.items.length - 1;
  }

  /** Some of the items: the ways from start to end, and beside them what joins or leaves those. */
  #part(nodes, start, end) {
    const known = new Set(nodes);
    const inside = new Map(nodes.map((node) => [node, (this.successors.get(node) ?? []).filter((n) => known.has(n))]));
    const forward = reachable([start], inside);
    if (!forward.has(end)) end = Math.max(...forward);
    const back = reachable([end], reverse(inside));
    const isMain = (node) => forward.has(node) && back.has(node);
    const beside = components(nodes.filter((node) => !isMain(node)), inside);
    return this.#chain(takeApart(nodes.filter(isMain), inside, [start], [end]), beside);
  }

  /** A chain of elements: each laid out, with the room above it and the parts that stand beside. */
  #chain(elements, beside) {
    const home = new Map();
    elements.forEach((element, index) => {
      for (const node of members([element])) home.set(node, index);
    });
    return {
      elements,
      cells: elements.map((element) => this.#element(element)),
      gaps: elements.map((element, index) => (index ? this.#gap(elements[index - 1], element) : 0)),
      hung: beside.map((nodes) => this.#attachment(nodes, home)),
    };
  }

  #element(element) {
    if (element.type === "single") return this.cells[element.node];
    return element.type === "group" ? layBranches(this, element) : layKnot(this, element);
  }

  /** A chain in as many columns as the limit asks for, or bent into a U. */
  #columns(strip, limit) {
    const bend = this.rising || strip.hung.length ? null : findBend(strip.elements, this);
    // The cells of this level are used up by now.
    if (bend) return layBend(bend, new Level(this.arranger, this.items), new Level(this.arranger.upwards(), this.items));
    const anchors = new Set(strip.hung.map((part) => part.anchor));
    const isSingle = strip.elements.map((element) => element.type === "single");
    const pieces = strip.cells.map((cell, index) => ({
      height: cell.height,
      gap: strip.gaps[index],
      mayStart: index > 0 && isSingle[index] && isSingle[index - 1] && !anchors.has(index - 1),
    }));
    const ranges = splitColumns(pieces, limit);
    const stacks = ranges.map(([start, end]) => this.stack(strip, start, end).cell);
    if (stacks.length === 1) return stacks[0];
    const joints = ranges.slice(1).map(([start]) =>
      this.between(members([strip.elements[start - 1]]), members([strip.elements[start]])));
    return sideBySide(stacks, joints);
  }

  /** How far apart two elements of a chain stand. */
  #gap(above, below) {
    if (spreads(this, above) || spreads(this, below)) return FAN;
    const ends = [above, below].filter((element) => element.type === "single");
    const small = ends.some(({ node }) => this.items[node].type === "node" && isSmall(this.items[node]));
    return small ? SHORT : STEP;
  }

  /** Which element a part that stands beside belongs to, and whether it joins it or leaves it. */
  #attachment(nodes, home) {
    for (const node of nodes) {
      for (const target of this.successors.get(node) ?? []) {
        if (home.has(target)) return { nodes, anchor: home.get(target), joins: true };
      }
    }
    const inside = new Set(nodes);
    for (const [node, anchor] of home) {
      if ((this.successors.get(node) ?? []).some((target) => inside.has(target))) return { nodes, anchor, joins: false };
    }
    return { nodes, anchor: Math.max(...home.values()), joins: false };
  }

  /** Put a part beside a stack: what joins to the left and above, what leaves to the right and below. */
  #hang(stack, { nodes, anchor, joins }) {
    const cell = this.#columns(this.#part(nodes, nodes[0], nodes.at(-1)), Infinity);
    const [top, bottom] = stack.extents.get(anchor);
    let y = joins ? top - STEP - cell.height : bottom + STEP;
    if (y < 0) {
      stack.cell = moved(stack.cell, 0, -y);
      for (const extent of stack.extents.values()) {
        extent[0] -= y;
        extent[1] -= y;
      }
      y = 0;
    }
    const near = [...stack.extents.values()].filter((e) => e[0] - FAN < y + cell.height && e[1] + FAN > y);
    const x = joins
      ? Math.min(...near.map((extent) => extent[2])) - BESIDE - cell.right
      : Math.max(...near.map((extent) => extent[3])) + BESIDE + cell.left;
    stack.extents.set(-1 - stack.extents.size, [y, y + cell.height, x - cell.left, x + cell.right]);
    const exit = stack.cell.exit;
    stack.cell.put(cell, x, y);
    stack.cell.exit = exit;
    const inside = new Set(nodes);
    for (const [source, links] of this.links) {
      for (const [target, edges] of links) {
        if (inside.has(source) !== inside.has(target)) stack.cell.hint(edges, joins ? "in" : "out");
      }
    }
  }
}

/** A cell in a new one, with its spine and its top elsewhere. */
function moved(cell, x, y) {
  const result = new Cell();
  result.exit = cell.exit + x;
  result.put(cell, x, y);
  return result;
}

/** Items in an order that keeps together those that edges among them join. */
function inParts(items, scene) {
  const at = new Map();
  items.forEach((item, index) => {
    for (const node of nodesIn(item)) at.set(node, index);
  });
  const joined = new Map(items.map((_, index) => [index, []]));
  for (const [node, index] of at) {
    for (const edge of scene.edgesOutOf(node)) if (at.has(edge.target)) joined.get(index).push(at.get(edge.target));
  }
  return components(items.map((_, index) => index), joined).flat().map((index) => items[index]);
}
