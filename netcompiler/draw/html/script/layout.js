// The whole picture: everything at its place, in as many columns as make it largest on the screen.

/** Where everything is. Coordinates start at the picture's top left. */
class Layout {
  constructor(scene, cell, limit) {
    moveTo(cell);
    Object.assign(this, { scene, limit, width: cell.width, height: cell.height, areas: cell.areas, spots: cell.spots });
    this.hints = new Map(cell.hints.map((hint) => [hint.edge, hint]));
    this.detours = cell.detours;
    this.spot = new Map(cell.spots.map((spot) => [spot.node, spot]));
    this.area = new Map(cell.areas.map((area) => [area.frame, area]));
  }

  /** The rectangle of a node or a frame. */
  box(part) {
    return part.type === "node" ? this.spot.get(part) : this.area.get(part);
  }
}

function moveTo(cell) {
  cell.move(cell.left, 0);
}

/** The layout of a scene; `before` is the column height it had, which is kept unless another is much better. */
function layOut(scene, measure, room, before = null) {
  const once = (limit) => new Layout(scene, arrange(scene, new Arranger(scene, measure, limit)), limit);
  const tall = once(Infinity);
  if (scene.root.children.some(isLane) || scaleFor(tall, room) >= 1) return tall;
  const kept = before === null || before === Infinity ? tall : once(before);
  let best = kept;
  for (const limit of limitsFor(tall, room)) {
    const layout = once(limit);
    const gain = scaleFor(layout, room) / scaleFor(best, room);
    if (gain > (best === kept && before !== null ? 1.25 : 1.04)) best = layout;
  }
  return best;
}

function arrange(scene, arranger) {
  const { children } = scene.root;
  if (children.some(isLane)) return layLanes(scene, arranger);
  return new Level(arranger, children).cell(arranger.limit);
}

/** How much a layout must shrink to fit the room. */
function scaleFor(layout, room) {
  return Math.min(1, room.width / layout.width, room.height / layout.height);
}

/** Heights of columns to try: around those that would give the picture the room's proportions. */
function limitsFor(tall, room) {
  const columns = Math.sqrt((tall.height * room.width) / (tall.width * room.height));
  // What is not a chain does not wrap, so that more columns than these may be needed, or fewer.
  const factors = tall.spots.length > 800 ? [0.8, 1.2] : [0.5, 0.65, 0.8, 1, 1.25, 1.6, 2.2];
  const tries = factors.map((factor) => Math.max(1.2, columns * factor));
  return [...new Set(tries.map((number) => Math.round(tall.height / number)))];
}
