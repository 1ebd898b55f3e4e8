// Edges to curves: which way each runs from node to node, and how it looks.

const APART = 3.5; // half the distance between an arc that arrives at a node's side and one that leaves it there
const BELOW = 12; // how far below a frame what leaves its last merge turns to the side
const ASIDE = 0.24; // how far from a node's middle its side is met by what runs across, in its height

class Router {
  constructor(layout) {
    this.layout = layout;
    this.detours = new Set(layout.detours.flat());
    this.arriving = new Set();
    this.leaving = new Set();
    for (const { edge, way } of layout.hints.values()) {
      if (!["arc", "in", "out"].includes(way)) continue;
      if (way !== "out") this.arriving.add(edge.target);
      if (way !== "in") this.leaving.add(edge.source);
    }
  }

  hint(edge) {
    return this.layout.hints.get(edge);
  }

  /** True for what is drawn as a skip connection: it runs past something. */
  isSkip(edge) {
    const hint = this.hint(edge);
    return this.detours.has(edge) || (edge.skip && hint !== undefined && hint.way !== "turn");
  }

  /** How an edge looks: flow, skip or crossing, dashed for crossings and for skips with layers of their own. */
  look(edge) {
    const look = edge.crosses ? "crossing" : this.isSkip(edge) ? "skip" : "flow";
    return { look, dashed: edge.crosses || this.detours.has(edge) };
  }

  /** True for what runs to the side as soon as it leaves. */
  isSlanted(edge) {
    const hint = this.hint(edge);
    return !hint || hint.way === "spread" || hint.way === "via";
  }

  /** The curve of an edge. */
  way(edge) {
    const [source, target] = [this.layout.spot.get(edge.source), this.layout.spot.get(edge.target)];
    const hint = this.hint(edge);
    switch (hint?.way) {
      case undefined: return this.#on(source, target);
      case "arc": return this.#arc(hint.points[0][0], source, target);
      case "across":
        if (isSmall(edge.source) && !edge.crosses) return this.#under(source, target);
        return this.#across(hint.points, source, target);
      case "out": return this.#out(source, target);
      case "in": return this.#in(source, target);
      case "turn": return turn(hint, source, target);
      case "via": return via(hint.points, source, target);
      default: return fan(hint, source, target);
    }
  }

  /** From the foot of a node to the head of the next; or from head to foot, where values rise. */
  #on(source, target) {
    const down = target.y >= source.y;
    const start = meet(source, target.x, down);
    const end = meet(target, source.x, !down);
    if (Math.abs(start[0] - end[0]) < 0.5) return swing(start, end);
    // To the side between the frames that the two stand in, straight within them: not across titles.
    const leave = this.#edge(source, target, down);
    const arrive = this.#edge(target, source, !down);
    if ((arrive > leave) !== down) return swing(start, end);
    const middle = [[start[0], leave], [end[0], arrive]];
    return joined(swing(start, middle[0]), swing(...middle), swing(middle[1], end));
  }

  /** The foot or the head of the largest frame that holds a node and not the other. */
  #edge(spot, other, foot) {
    const area = this.#outermost(spot, other);
    return foot ? area.bottom : area.top;
  }

  #arc(x, source, target) {
    const [start, end] = [this.#side(source, true), this.#side(target, false)];
    return rounded([start, [x, start[1]], [x, end[1]], end]);
  }

  /** From the way below a merge's frame, between the two frames, to the target's side. */
  #under(source, target) {
    const below = this.#edge(source, target, true) + BELOW;
    const between = (this.#outermost(source, target).right + this.#outermost(target, source).left) / 2;
    if (between <= source.right || between >= target.left || below < source.bottom) return this.#across([], source, target);
    const end = [target.left, target.y - ASIDE * target.height];
    return rounded([[source.x, below], [between, below], [between, end[1]], end]);
  }

  /**
   * From side to facing side, a little lower where it leaves than where it arrives, and straight on from each given
   * point to the next. Small nodes, and such as have something beside them, are met at foot and head.
   */
  #across(points, source, target) {
    const right = target.x >= source.x;
    const upright = [!this.#isFree(source, right), !this.#isFree(target, !right)];
    const start = upright[0]
      ? [source.x, source.bottom]
      : [right ? source.right : source.left, source.y + ASIDE * source.height];
    const end = upright[1]
      ? [target.x, target.top]
      : [right ? target.left : target.right, target.y - ASIDE * target.height];
    if (!points.length) return bend(start, end, ...upright);
    const inner = points.slice(1).map((point, index) => straight(points[index], point));
    return joined(bend(start, points[0], upright[0], false), ...inner, bend(points.at(-1), end, false, upright[1]));
  }

  /** True when a way may leave a node at this side: nothing of its lane stands there. */
  #isFree(spot, right) {
    if (isSmall(spot.node)) return false;
    let lane = spot.node.parent;
    while (lane && !isLane(lane)) lane = lane.parent;
    const area = lane && this.layout.area.get(lane);
    if (!area) return true;
    const [low, high] = right ? [spot.right, area.right] : [area.left, spot.left];
    return !this.layout.spots.some((other) =>
      low < other.x && other.x < high && other.top < spot.bottom && other.bottom > spot.top);
  }

  /** The largest frame that holds a node and not the other; the node itself where there is none. */
  #outermost(spot, other) {
    const shared = new Set();
    for (let frame = other.node.parent; frame; frame = frame.parent) shared.add(frame);
    let found = spot;
    for (let frame = spot.node.parent; frame && !shared.has(frame); frame = frame.parent) {
      if (frame.item.lane === undefined) found = this.layout.area.get(frame) ?? found;
    }
    return found;
  }

  #out(source, target) {
    const start = this.#side(source, true);
    if (target.x <= source.right || (target.top <= start[1] && start[1] <= target.bottom)) {
      return this.#on(source, target);
    }
    return rounded([start, [target.x, start[1]], [target.x, target.y > start[1] ? target.top : target.bottom]]);
  }

  #in(source, target) {
    const left = source.x < target.x;
    const end = left ? [target.left, target.y] : this.#side(target, false);
    const beside = left ? source.x < target.left : source.x > target.right;
    if (!beside || (source.top <= end[1] && end[1] <= source.bottom)) return this.#on(source, target);
    return rounded([[source.x, end[1] > source.y ? source.bottom : source.top], [source.x, end[1]], end]);
  }

  /** Where arcs meet a node's right side: those that arrive a little higher than those that leave. */
  #side(spot, leaving) {
    if (!this.arriving.has(spot.node) || !this.leaving.has(spot.node)) return [spot.right, spot.y];
    // A circle is narrower there.
    const inset = spot.width === spot.height ? 0.8 : 0;
    return [spot.right - inset, spot.y + (leaving ? APART : -APART)];
  }
}

/** Where on its foot or head a node is met by a line from x: on a wide node a bit to that side. */
function meet(spot, x, foot) {
  const room = Math.max(spot.width / 2 - 9, 0);
  const shift = Math.abs(x - spot.x) < 0.5 ? 0 : Math.max(-room, Math.min(room, (x - spot.x) * 0.2));
  return [spot.x + shift, foot ? spot.bottom : spot.top];
}

/** To the side on one stretch, straight on the other; the hint says where they meet. */
function fan({ way, points }, source, target) {
  const down = target.y >= source.y;
  const y = points[0][1];
  if (way === "spread") {
    const [start, knee] = [meet(source, target.x, down), [target.x, y]];
    return joined(swing(start, knee), swing(knee, [target.x, down ? target.top : target.bottom]));
  }
  const [start, knee] = [[source.x, down ? source.bottom : source.top], [source.x, y]];
  return joined(swing(start, knee), swing(knee, meet(target, source.x, !down)));
}

function turn(hint, source, target) {
  const inner = hint.points.map((point) => [...point]);
  inner[0][0] = source.x;
  inner.at(-1)[0] = target.x;
  const start = [source.x, inner[0][1] > source.y ? source.bottom : source.top];
  const end = [target.x, inner.at(-1)[1] < target.y ? target.top : target.bottom];
  return rounded([start, ...inner, end]);
}

function via(points, source, target) {
  const stops = [meet(source, points[0][0], true), ...points, meet(target, points.at(-1)[0], false)];
  return joined(...stops.slice(1).map((stop, index) => swing(stops[index], stop)));
}
