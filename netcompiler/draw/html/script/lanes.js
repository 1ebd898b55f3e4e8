// Placement groups as lanes side by side, with rows so that values flow down from lane to lane.

const LANE_HEADER = 36;
const BETWEEN = 28; // between lanes
const EDGE = 8; // between a lane's edge and the way of an output along it

function isLane(item) {
  return item.item.lane !== undefined;
}

/** The layout of a net with placement groups. */
function layLanes(scene, arranger) {
  const parts = scene.root.children.filter(isLane);
  const room = roomForCrossings(parts.length);
  const lanes = parts.map((part) => new Lane(part, arranger));
  const outside = scene.root.children.filter((item) => !isLane(item));
  const crossing = crossings(lanes, scene);
  const pipeline = isPipeline(lanes, crossing);
  settleLanes(lanes, pipeline ? [] : crossing.map((one) => one.places), room);
  const cell = new Cell();
  const reads = (item) => [...nodesIn(item)].some((node) => scene.edgesInto(node).length);
  const above = outside.filter((item) => !reads(item));
  const heads = above.map((item) => arranger.item(item));
  const high = Math.max(0, ...heads.map((head) => head.height));
  const top = high + (heads.length || pipeline ? STEP + 8 : 0);
  const spans = putLanes(cell, lanes, crossing, top, PADDING + (pipeline ? STEP : 0), arranger);
  if (pipeline) for (const { edge, places } of crossing) hintOnward(cell, spans[places[0]], edge, top);
  else hintCrossings(cell, spans, crossing);
  putInputs(cell, above, heads, scene, top);
  putOutputs(cell, spans, outside.filter(reads), scene, arranger);
  return moved(cell, -(cell.right - cell.left) / 2, 0);
}

/** What runs on a placement group: an open frame with all that, or the group folded into one node. */
class Lane {
  constructor(part, arranger) {
    this.part = part;
    this.isOpen = part.type === "frame";
    this.level = new Level(arranger, this.isOpen ? part.children : [part], true);
    this.strip = this.level.strip();
    this.tops = this.strip.cells.map(() => 0);
  }

  /** Move an element down to a place; false when it stands there or lower. */
  lower(index, least) {
    if (this.tops[index] >= least) return false;
    this.tops[index] = least;
    return true;
  }

  bottom(index) {
    return this.tops[index] + this.strip.cells[index].height;
  }

  /** Everything in it at its height. */
  stack() {
    const { strip } = this;
    strip.gaps = this.tops.map((top, index) => (index ? top - this.bottom(index - 1) : 0));
    return moved(this.level.stack(strip, 0, strip.cells.length).cell, 0, this.tops[0]);
  }
}

/** Edges between lanes with their places: lane and element of the source, then of the target. */
function crossings(lanes, scene) {
  const places = new Map();
  lanes.forEach((lane, number) => {
    lane.strip.elements.forEach((element, index) => {
      for (const place of members([element])) {
        for (const node of nodesIn(lane.level.items[place])) places.set(node, [number, index]);
      }
    });
  });
  return scene.edges.flatMap((edge) => {
    const [source, target] = [places.get(edge.source), places.get(edge.target)];
    return source && target && source[0] !== target[0] ? [{ edge, places: [...source, ...target] }] : [];
  });
}

/** True when each lane only hands the value it ends with to the start of the next. */
function isPipeline(lanes, crossing) {
  return crossing.every(({ places: [source, element, target, reader] }) =>
    target === source + 1 && element === lanes[source].tops.length - 1 && reader === 0);
}

/** Move elements down until each stands below all it reads, in its own lane and in others. */
function settleLanes(lanes, crossing, room) {
  // Elements that exchange values among themselves wait for one another: these stand side by side.
  const knots = findKnots(lanes, crossing);
  const number = new Map(knots.flatMap((knot, index) => knot.map(([lane, element]) => [`${lane} ${element}`, index])));
  for (let moving = true; moving;) {
    moving = false;
    for (const lane of lanes) {
      for (let index = 1; index < lane.tops.length; index += 1) {
        if (lane.lower(index, lane.bottom(index - 1) + lane.strip.gaps[index])) moving = true;
      }
    }
    for (const [source, element, target, reader] of crossing) {
      const together = number.get(`${source} ${element}`);
      if (together !== undefined && together === number.get(`${target} ${reader}`)) continue;
      if (lanes[target].lower(reader, lanes[source].bottom(element) + room)) moving = true;
    }
    for (const knot of knots) if (alignKnot(lanes, knot)) moving = true;
  }
}

/** Let the first elements of a knot stand at one height. */
function alignKnot(lanes, knot) {
  const first = new Map();
  for (const [lane, element] of knot) first.set(lane, Math.min(element, first.get(lane) ?? Infinity));
  const top = Math.max(...[...first].map(([lane, element]) => lanes[lane].tops[element]));
  return [...first].map(([lane, element]) => lanes[lane].lower(element, top)).some(Boolean);
}

/** Elements that wait for one another: strongly connected components (Tarjan), each as [lane, element] pairs. */
function findKnots(lanes, crossing) {
  const [offsets, pairs] = [[], []];
  lanes.forEach((lane, number) => {
    offsets.push(pairs.length);
    lane.tops.forEach((_, element) => pairs.push([number, element]));
  });
  const next = pairs.map(([lane, element], index) => (element + 1 < lanes[lane].tops.length ? [index + 1] : []));
  for (const [source, element, target, reader] of crossing) next[offsets[source] + element].push(offsets[target] + reader);
  return strongComponents(next).filter((knot) => knot.length > 1).map((knot) => knot.map((index) => pairs[index]));
}

function strongComponents(next) {
  const order = new Array(next.length).fill(-1);
  const low = new Array(next.length).fill(0);
  const open = new Array(next.length).fill(false);
  const [stack, found] = [[], []];
  let counter = 0;
  for (let root = 0; root < next.length; root += 1) {
    if (order[root] >= 0) continue;
    const path = [[root, 0]];
    while (path.length) {
      const step = path.at(-1);
      const [node, edge] = step;
      if (edge === 0) {
        order[node] = low[node] = counter++;
        stack.push(node);
        open[node] = true;
      }
      if (edge < next[node].length) {
        step[1] += 1;
        const target = next[node][edge];
        if (order[target] < 0) path.push([target, 0]);
        else if (open[target]) low[node] = Math.min(low[node], order[target]);
        continue;
      }
      path.pop();
      if (path.length) low[path.at(-1)[0]] = Math.min(low[path.at(-1)[0]], low[node]);
      if (low[node] !== order[node]) continue;
      const knot = stack.splice(stack.indexOf(node));
      for (const member of knot) open[member] = false;
      found.push(knot);
    }
  }
  return found;
}

/** Put the lanes side by side; gives where each is. */
function putLanes(cell, lanes, crossing, top, padding, arranger) {
  const stacks = lanes.map((lane) => lane.stack());
  const bottom = top + LANE_HEADER + Math.max(...stacks.map((stack) => stack.height)) + padding;
  const sent = trafficBySide(crossing);
  let x = 0;
  return lanes.map((lane, index) => {
    const stack = stacks[index];
    const reach = reachOf(stack, lane, sent, arranger.measure);
    const spine = x + reach[0];
    const span = { left: x, right: spine + reach[1], spine };
    if (lane.isOpen) cell.areas.push({ frame: lane.part, ...span, top, bottom });
    cell.put(stack, spine, top + LANE_HEADER);
    cell.grow(x, span.right, bottom);
    x = span.right + BETWEEN;
    return span;
  });
}

/** What each node sends to other lanes: by whether to the right, by node, edges. */
function trafficBySide(crossing) {
  const sent = new Map([[true, new Map()], [false, new Map()]]);
  for (const { edge, places: [source, , target] } of crossing) {
    const side = sent.get(target > source);
    side.set(edge.source, [...(side.get(edge.source) ?? []), edge]);
  }
  return sent;
}

/** How far a lane reaches to both sides of its spine: around what is in it, its title and the sizes it sends. */
function reachOf(stack, lane, sent, measure) {
  const reach = [stack.left + PADDING, stack.right + PADDING];
  const spots = new Map(stack.spots.map((spot) => [spot.node, spot]));
  const arcs = arcsOf(stack.hints, spots);
  for (const [right, nodes] of sent) {
    for (const [node, edges] of nodes) {
      const spot = spots.get(node);
      if (!spot) continue;
      const x = clearBeside(arcs, spot, trafficHeight(spot), right);
      const side = right ? 1 : 0;
      reach[side] = Math.max(reach[side], Math.abs(x) + measure.width(measure.traffic(edges)) + 4);
    }
  }
  if (!lane.isOpen) return reach;
  const { left, badge, right } = measure.heading(lane.part);
  const title = PADDING + 8 + Math.max(measure.width(left) + CHEVRON, measure.width(badge), measure.width(right));
  return reach.map((side) => Math.max(side, title));
}

/** Where the size of what a node sends to other groups stands: beside its foot, above the way that leaves there. */
function trafficHeight(spot) {
  return isSmall(spot.node) ? spot.bottom - 2 : spot.y + ASIDE * spot.height - 7;
}

/** From the foot of a lane's content over its head into the next lane. */
function hintOnward(cell, span, edge, top) {
  const spots = new Map(cell.spots.map((spot) => [spot.node, spot]));
  const [source, target] = [spots.get(edge.source), spots.get(edge.target)];
  const isIn = (x) => span.left < x && x < span.right;
  let foot = 0;
  for (const spot of cell.spots) if (isIn(spot.x)) foot = Math.max(foot, spot.bottom);
  for (const area of cell.areas) if (!isLane(area.frame) && isIn(area.spine)) foot = Math.max(foot, area.bottom);
  foot += 14;
  const [gutter, head] = [span.right + BETWEEN / 2, top - STEP / 2];
  cell.hint([edge], "turn", [source.x, foot], [gutter, foot], [gutter, head], [target.x, head]);
}

/** Inputs stand above the lanes that read them; their values come in on a lane's spine, past its title. */
function putInputs(cell, inputs, heads, scene, top) {
  const spots = new Map(cell.spots.map((spot) => [spot.node, spot]));
  inputs.forEach((item, index) => {
    const edges = [...nodesIn(item)].flatMap((node) => scene.edgesOutOf(node)).filter((edge) => spots.has(edge.target));
    const xs = edges.length ? edges.map((edge) => spots.get(edge.target).x) : [0];
    const middle = (Math.min(...xs) + Math.max(...xs)) / 2;
    const nearest = xs.reduce((best, x) => (Math.abs(x - middle) < Math.abs(best - middle) ? x : best));
    // Straight above a reader that stands about in the middle.
    putNear(cell, heads[index], Math.abs(nearest - middle) < heads[index].left ? nearest : middle, 0);
    cell.hint(edges, "turn", [0, top - STEP / 2], [0, top - STEP / 2]);
  });
}

/**
 * Outputs stand below the lanes they come from: what ends a lane below its spine, what leaves it earlier below its
 * right edge, along which its value runs down.
 */
function putOutputs(cell, spans, outputs, scene, arranger) {
  const spots = new Map(cell.spots.map((spot) => [spot.node, spot]));
  const foot = cell.height + STEP;
  const early = [];
  for (const item of outputs) {
    for (const edge of [...nodesIn(item)].flatMap((node) => scene.edgesInto(node))) {
      const spot = spots.get(edge.source);
      const span = spans.find(({ left, right }) => left <= spot.x && spot.x <= right);
      const isIn = (other) => span.left <= other.x && other.x <= span.right;
      if (span && [...spots.values()].some((other) => isIn(other) && other.y > spot.y)) early.push({ item, edge, span });
      else putNear(cell, arranger.item(item), spot.x, foot);
    }
  }
  const used = new Map();
  for (const { item, edge, span } of early) {
    const number = used.has(span) ? used.get(span) + 1 : 0;
    used.set(span, number);
    putNear(cell, arranger.item(item), span.right + (2 * number - 1) * EDGE, foot);
    cell.hint([edge], "out");
  }
}

/** Put a cell at a place, or as near to its right as there is room. */
function putNear(cell, other, x, y) {
  const taken = cell.spots.filter((spot) => spot.bottom > y && spot.top < y + other.height);
  taken.sort((one, two) => one.left - two.left);
  for (const { left, right } of taken) {
    if (x - other.left < right + BESIDE && x + other.right > left - BESIDE) x = right + BESIDE + other.left;
  }
  cell.put(other, x, y);
}
