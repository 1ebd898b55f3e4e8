// The ways of values between lanes: from side to side, and straight across the lanes that stand between.

const NEXT = 34; // the height of crossings between neighbours
const TRACK = 6; // the height that each way across a lane adds
const MOST_TRACKS = 14; // ways across that get room of their own: more lie closer together
const CLEAR = 3; // between a way across a lane and what stands in the lane
const BESIDE_NODE = 5; // between a node and the text beside it
const HALF_LINE = 6; // half the height of such a text

/** How high crossings are between so many lanes, where each sends to each. */
function roomForCrossings(lanes) {
  return NEXT + TRACK * Math.min(2 * Math.max(lanes - 2, 0), MOST_TRACKS);
}

/** Say how edges run from lane to lane; `crossing` has each with the numbers of its lanes, `spans` the lanes' sides. */
function hintCrossings(cell, spans, crossing) {
  const spots = new Map(cell.spots.map((spot) => [spot.node, spot]));
  const tracks = tracksOf(cell, spans, spots, crossing);
  for (const { edge, places: [source, , target] } of crossing) {
    const between = lanesBetween(source, target);
    if (!between.length) {
      cell.hint([edge], "across");
      continue;
    }
    const y = tracks.get(edge.source).get(target > source);
    const ends = [[spans[between[0]].left, y], [spans[between.at(-1)].right, y]];
    cell.hint([edge], "across", ...(target > source ? ends : ends.reverse()));
  }
}

function lanesBetween(source, target) {
  const found = [];
  for (let lane = Math.min(source, target) + 1; lane < Math.max(source, target); lane += 1) found.push(lane);
  return found;
}

/** At which height each value runs across lanes, by its node and whether to the right; values side by side. */
function tracksOf(cell, spans, spots, crossing) {
  const ways = new Map(); // by node and side: what it sends across lanes
  for (const { edge, places: [source, , target] } of crossing) {
    const between = lanesBetween(source, target);
    if (!between.length) continue;
    if (!ways.has(edge.source)) ways.set(edge.source, new Map());
    const sides = ways.get(edge.source);
    const right = target > source;
    const way = sides.get(right) ?? { node: edge.source, right, lanes: new Set(), bottom: Infinity };
    sides.set(right, way);
    for (const lane of between) way.lanes.add(lane);
    way.bottom = Math.min(way.bottom, spots.get(edge.target).y);
  }
  const places = new Map();
  for (const way of [...ways.values()].flatMap((sides) => [...sides.values()])) {
    const top = spots.get(way.node).y;
    const passed = [...way.lanes].map((lane) => spans[lane]);
    const gap = widestGap(cell, passed, Math.min(top, way.bottom), Math.max(top, way.bottom));
    const key = gap.join();
    if (!places.has(key)) places.set(key, { gap, ways: [] });
    places.get(key).ways.push(way);
  }
  const tracks = new Map();
  for (const { gap: [low, high], ways: together } of places.values()) {
    together.forEach(({ node, right }, index) => {
      if (!tracks.has(node)) tracks.set(node, new Map());
      tracks.get(node).set(right, low + ((high - low) * (index + 1)) / (together.length + 1));
    });
  }
  return tracks;
}

/** The highest stretch between two heights on which nothing stands in some lanes; all where there is none. */
function widestGap(cell, spans, top, bottom) {
  const isIn = (spot) => spans.some(({ left, right }) => left < spot.x && spot.x < right);
  const taken = cell.spots
    .filter((spot) => isIn(spot) && spot.bottom + CLEAR > top && spot.top - CLEAR < bottom)
    .map((spot) => [spot.top - CLEAR, spot.bottom + CLEAR]);
  taken.push([bottom, bottom]);
  taken.sort((one, other) => one[0] - other[0]);
  let [reached, best] = [top, [top, top]];
  for (const [start, end] of taken) {
    if (start - reached > best[1] - best[0]) best = [reached, start];
    reached = Math.max(reached, end);
  }
  return best[1] > best[0] ? best : [top, bottom];
}

/** The x next to a node's side, and past the arcs that run by there at a height, at which text may start. */
function clearBeside(arcs, spot, y, right, edge = Infinity) {
  if (!right) return spot.left - BESIDE_NODE;
  let x = spot.right;
  for (const arc of arcs) {
    if (spot.right < arc.x && arc.x < edge && arc.top - HALF_LINE < y && y < arc.bottom + HALF_LINE) x = Math.max(x, arc.x);
  }
  return x + BESIDE_NODE;
}

/** Where arcs run up and down. */
function arcsOf(hints, spots) {
  const found = [];
  for (const { edge, way, points } of hints) {
    const [source, target] = [spots.get(edge.source), spots.get(edge.target)];
    if (way !== "arc" || !source || !target) continue;
    found.push({ x: points[0][0], top: Math.min(source.y, target.y), bottom: Math.max(source.y, target.y) });
  }
  return found;
}
