// A laid-out part of the picture: things with places around a spine, the vertical line x = 0 on which values come in
// at the top (y = 0); `exit` is the x at which they leave.
//
// A hint says how an edge runs where it is not simply on from one node to the next:
//   arc     out of the source's side, past what stands between, into the target's side; the point gives the x
//   out     out of the source's side, then on into the target
//   in      on from the source, then into the target's side
//   spread  to the side before the point's y, then straight on
//   gather  straight on to the point's y, then to the side
//   turn    around corners, as from the foot of one column to the head of the next
//   via     through the given points
//   across  out of the source's side into the target's facing side

const STEP = 19; // between a node and the next
const SHORT = 11; // to or from a merge or a fork
const FAN = 28; // between a node and branches side by side
const BESIDE = 16; // between branches side by side
const ARC = 13; // between what stands in a branch and the arc past it
const GUTTER = 40; // between columns
const TURN = 16; // how far above and below a column the way to the next column runs
const PADDING = 12; // inside a frame
const HEADER = 27; // for a frame's title
const HEADER_OF_TWO = 31; // for a title and a line below it

class Cell {
  constructor(left = 0, right = 0, height = 0) {
    Object.assign(this, { left, right, height, exit: 0, spots: [], areas: [], hints: [], detours: [] });
  }

  get width() {
    return this.left + this.right;
  }

  /** Take in another cell with its spine at x and its top at y, and grow to hold it. The other is used up. */
  put(cell, x, y) {
    cell.move(x, y);
    for (const kind of ["spots", "areas", "hints", "detours"]) {
      // A spread would overflow the stack for a hundred thousand of them.
      if (this[kind].length === 0) this[kind] = cell[kind];
      else for (const one of cell[kind]) this[kind].push(one);
    }
    this.grow(x - cell.left, x + cell.right, y + cell.height);
  }

  /** Move everything in it. */
  move(x, y) {
    if (x === 0 && y === 0) return;
    for (const spot of this.spots) {
      spot.x += x;
      spot.y += y;
    }
    for (const area of this.areas) {
      area.left += x;
      area.right += x;
      area.top += y;
      area.bottom += y;
      area.spine += x;
    }
    for (const hint of this.hints) hint.points = hint.points.map((point) => [point[0] + x, point[1] + y]);
  }

  /** Reach at least this far. */
  grow(left, right, bottom) {
    this.left = Math.max(this.left, -left);
    this.right = Math.max(this.right, right);
    this.height = Math.max(this.height, bottom);
  }

  hint(edges, way, ...points) {
    for (const edge of edges) this.hints.push({ edge, way, points });
  }
}

/** A node's place: its middle and its size. */
class Spot {
  constructor(node, x, y, width, height) {
    Object.assign(this, { node, x, y, width, height });
  }

  get top() {
    return this.y - this.height / 2;
  }

  get bottom() {
    return this.y + this.height / 2;
  }

  get left() {
    return this.x - this.width / 2;
  }

  get right() {
    return this.x + this.width / 2;
  }
}
