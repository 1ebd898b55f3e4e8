// The texts of nodes and frames, and how much room they take.

const LEADING = 1.21; // the height of a line of text in its size: the font's own
const CIRCLE = 17; // diameter of a merge
const POINT = 4.5; // diameter of a fork
const CHEVRON = 11; // room for the sign that folds and unfolds

class Measure {
  constructor(sizes) {
    this.sizes = sizes;
    this.costs = false;
    this.context = document.createElement("canvas").getContext("2d");
    this.widths = new Map();
  }

  /** The width of a line, which is a list of pieces. */
  width(line) {
    return line.reduce((sum, piece) => sum + this.#piece(piece), 0);
  }

  #piece({ text, size, bold }) {
    const key = `${bold ? "b" : "r"}${text}`;
    let width = this.widths.get(key);
    if (width === undefined) {
      this.context.font = `${bold ? "bold " : ""}100px "Inter Net"`;
      width = this.context.measureText(text).width / 100;
      this.widths.set(key, width);
    }
    return width * size;
  }

  #small(text, color = "quiet", bold = false) {
    return [{ text: cut(text), size: this.sizes.small, color, bold }];
  }

  /** The lines of text in a node. */
  lines(node) {
    const { size } = this.sizes;
    if (node.role === "fork") return [];
    if (node.role === "summary") return this.#summary(node);
    const leaf = node.item;
    const line = `kind-${node.kind}-line`;
    if (isCircle(node)) return [[{ text: leaf.title, size: size + 2, color: line, bold: true }]];
    const found = [];
    if (leaf.name && leaf.name !== leaf.title) found.push(this.#small(leaf.name, line, true));
    if (leaf.before.length) found.push(this.#small(leaf.before.join(" · ")));
    found.push([{ text: cut(leaf.title), size, color: "ink", bold: true }]);
    if (leaf.after.length) found.push(this.#small(leaf.after.join(" · ")));
    if (leaf.role === "input" || leaf.role === "output") found.push(this.#small(leaf.shape));
    if (leaf.training) found.push(this.#small("training only"));
    if (this.costs && (leaf.parameters || leaf.macs)) found.push(this.#small(costs(leaf)));
    return found;
  }

  #summary(node) {
    const block = node.item;
    const title = nameOf(block);
    const found = [];
    if (block.name && block.definition) found.push(this.#small(block.definition));
    found.push([{ text: cut(title), size: this.sizes.size, color: "ink", bold: true }]);
    if (node.parent?.item.type === "run" && block.path.split(".").pop() !== title) found.push(this.#small(block.path));
    const facts = [plural(block.count, "layer")];
    if (block.parameters && !this.costs) facts.push(count(block.parameters));
    found.push(this.#small(facts.join(" · ")));
    if (this.costs && (block.parameters || block.macs)) found.push(this.#small(costs(block)));
    return found;
  }

  /** The words beside a node too small to hold them. */
  caption(node) {
    if (!isCircle(node)) return [];
    const words = [node.item.name, ...node.item.after].filter(Boolean);
    return words.length ? this.#small(words.join(" · ")) : [];
  }

  /** The size of what a node sends to other groups. */
  traffic(edges) {
    // A folded group sends values of several sizes.
    const alike = edges.every((edge) => edge.bytes === edges[0].bytes);
    const sum = edges.reduce((total, edge) => total + edge.bytes, 0);
    const text = !alike ? bytes(sum) : `${edges.length > 1 ? `${edges.length} × ` : ""}${bytes(edges[0].bytes)}`;
    return [{ text, size: this.sizes.small, color: "crossing", bold: true }];
  }

  /** Width and height of a node. */
  size(node) {
    if (node.role === "fork") return [POINT, POINT];
    if (isCircle(node)) return [CIRCLE, CIRCLE];
    const lines = this.lines(node);
    const sign = node.role === "summary" ? 2 * CHEVRON : 0;
    const width = Math.max(...lines.map((line) => this.width(line))) + 16 + sign;
    const height = lines.reduce((sum, line) => sum + lineSize(line) * LEADING, 0) + 9;
    return [Math.max(width, 34), height];
  }

  /** The title of a frame: lines for its left side and for its right, the second below the first. */
  heading(frame) {
    const { heading, small } = this.sizes;
    const item = frame.item;
    if (item.lane !== undefined) {
      return {
        left: [{ text: cut(item.name), size: heading + 2, color: "ink", bold: true }],
        below: [],
        badge: this.#small(`${count(item.parameters)} parameters`),
        right: this.#small(`${count(item.macs)} MACs`),
      };
    }
    const unfolded = item.type === "run";
    const title = unfolded ? nameOf(item.children[0]) || "repeated" : item.name || item.definition;
    const left = title ? [{ text: cut(title), size: heading, color: "ink", bold: true }] : [];
    const below = !unfolded && item.name && item.definition ? this.#small(item.definition) : [];
    if (this.costs && !unfolded && item.parameters) below.push(...this.#small(`${below.length ? " · " : ""}${costs(item)}`));
    const times = unfolded ? item.times : frame.times;
    const badge = times > 1 ? this.#badge(times, small, (frame.run ?? item).varies) : [];
    const above = frame.parent;
    const told = above.parent && above.item.lane === undefined && above.shape === frame.shape;
    let right = (title || times > 1) && !told ? this.#small(frame.shape) : [];
    if (above.item.type === "run" && item.path && item.path.split(".").pop() !== title) right = this.#small(item.path);
    return { left, below, badge, right };
  }

  /** The height of a frame's title. */
  header(frame) {
    if (frame.item.lane !== undefined) return LANE_HEADER;
    return this.heading(frame).below.length ? HEADER_OF_TWO : HEADER;
  }

  #badge(times, small, varies) {
    const found = [{ text: `×${times}`, size: this.sizes.heading + 2, color: "repeat", bold: true }];
    if (varies) found.push({ text: " sizes differ", size: small, color: "repeat", bold: false });
    return found;
  }

  /** The ×n of a node that stands for several. */
  badge(node) {
    return node.times > 1 ? this.#badge(node.times, this.sizes.small, node.run.varies) : [];
  }
}

function lineSize(line) {
  return Math.max(...line.map((piece) => piece.size));
}

/** What a block is called: its own name, or that of what it calls. */
function nameOf(item) {
  if (item.type === "leaf") return item.name || item.title;
  return item.name || item.definition || (item.type === "block" && item.path.split(".").pop()) || "block";
}

function costs(item) {
  return [
    ...(item.parameters ? [`${count(item.parameters)} parameters`] : []),
    ...(item.macs ? [`${count(item.macs)} MACs`] : []),
  ].join(" · ");
}

/** True for merges that are shown as a sign in a circle. */
function isCircle(node) {
  return node.role === "merge" && Array.from(node.item.title).length === 1;
}

/** True for signs and points, which arrows may come close to. */
function isSmall(node) {
  return node.role === "fork" || isCircle(node);
}
