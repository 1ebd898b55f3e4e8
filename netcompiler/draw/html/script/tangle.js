// Graphs that are neither chains nor branches side by side: arcs past a chain, or layers.

const TANGLE = { step: 22, layer: 34, beside: 18, arc: 11, sweeps: 8, seats: 60000 };

/** Links are `{ a, b, edges }`: the edges from one node to another by their places, a before b. */
function layTangle(cells, links) {
  const joined = new Set(links.filter(({ a, b }) => b === a + 1).map(({ a }) => a));
  if (joined.size === cells.length - 1 || seatsFor(cells.length, links) > TANGLE.seats) return chained(cells, links);
  return layered(cells, links);
}

/** Nodes one below the other; edges that are not to the next are arcs, the longest furthest out. */
function chained(cells, links) {
  const result = new Cell();
  let y = 0;
  for (const cell of cells) {
    // A node without a cell stands elsewhere, above or below.
    if (!cell) continue;
    result.put(cell, 0, y);
    y = result.height + TANGLE.step;
  }
  // All arcs of a node leave along one line, as far out as the longest of them needs.
  const arcs = new Map();
  for (const link of links) {
    if (link.b - link.a < 2) continue;
    if (!arcs.has(link.a)) arcs.set(link.a, []);
    arcs.get(link.a).push(link);
  }
  const spans = [...arcs].map(([start, found]) => [Math.max(...found.map(({ b }) => b)) - start, start]);
  spans.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
  const taken = [];
  const reach = result.right;
  for (const [span, start] of spans) {
    let level = 1;
    for (const [a, b, other] of taken) if (a < start + span && start < b) level = Math.max(level, other + 1);
    taken.push([start, start + span, level]);
    const x = reach + TANGLE.arc * level;
    for (const { edges } of arcs.get(start)) result.hint(edges, "arc", [x, 0]);
    result.grow(0, x + 3, 0);
  }
  return result;
}

function depths(size, links) {
  const depth = new Array(size).fill(0);
  const sorted = [...links].sort((one, other) => one.a - other.a);
  for (const { a, b } of sorted) depth[b] = Math.max(depth[b], depth[a] + 1);
  return depth;
}

function seatsFor(size, links) {
  const depth = depths(size, links);
  return links.reduce((sum, { a, b }) => sum + depth[b] - depth[a], size);
}

/** Nodes in layers, every edge downwards, ordered so that few edges cross. A seat is a node or a point of an edge. */
function layered(cells, links) {
  const depth = depths(cells.length, links);
  const rows = Array.from({ length: Math.max(...depth) + 1 }, () => []);
  const seat = (node, width, left, layer) => {
    const made = { node, width, left, layer, x: 0, order: 0, above: [], below: [] };
    rows[layer].push(made);
    return made;
  };
  const seats = cells.map((cell, node) => seat(node, cell ? cell.width : 0, cell ? cell.left : 0, depth[node]));
  const chains = links.map(({ a, b, edges }) => {
    const points = [];
    for (let layer = depth[a] + 1; layer < depth[b]; layer += 1) points.push(seat(null, 8, 4, layer));
    const chain = [seats[a], ...points, seats[b]];
    for (let index = 0; index + 1 < chain.length; index += 1) {
      chain[index].below.push(chain[index + 1]);
      chain[index + 1].above.push(chain[index]);
    }
    return { edges, points };
  });
  orderSeats(rows);
  settleSeats(rows);
  return placeSeats(rows, cells, chains);
}

/** Order each layer by the middle of its neighbours, down and up in turn. */
function orderSeats(rows) {
  for (const row of rows) row.forEach((seat, index) => (seat.order = index));
  for (let sweep = 0; sweep < TANGLE.sweeps; sweep += 1) {
    const down = sweep % 2 === 0;
    for (const row of down ? rows : [...rows].reverse()) {
      for (const seat of row) {
        const near = down ? seat.above : seat.below;
        seat.wish = near.length ? near.reduce((sum, other) => sum + other.order, 0) / near.length : seat.order;
      }
      row.sort((one, other) => one.wish - other.wish);
      row.forEach((seat, index) => (seat.order = index - (row.length - 1) / 2));
    }
  }
}

/** Give every seat an x near those of its neighbours, in order and without overlap. */
function settleSeats(rows) {
  for (const row of rows) {
    let x = 0;
    for (const seat of row) {
      seat.x = x + seat.left;
      x += seat.width + TANGLE.beside;
    }
    for (const seat of row) seat.x -= (x - TANGLE.beside) / 2;
  }
  for (let sweep = 0; sweep < 2 * TANGLE.sweeps; sweep += 1) {
    for (const row of sweep % 2 === 0 ? rows : [...rows].reverse()) {
      for (const seat of row) {
        const near = [...seat.above, ...seat.below];
        seat.wish = near.length ? near.reduce((sum, other) => sum + other.x, 0) / near.length : seat.x;
      }
      spreadSeats(row);
    }
  }
}

/** Seats as near to where they want to be as their widths allow: the mean of packing from both sides. */
function spreadSeats(row) {
  let least = -Infinity;
  for (const seat of row) {
    seat.x = Math.max(seat.wish, least + seat.left);
    least = seat.x + seat.width - seat.left + TANGLE.beside;
  }
  let limit = Infinity;
  for (const seat of [...row].reverse()) {
    const x = Math.min(seat.wish, limit - (seat.width - seat.left));
    limit = x - seat.left - TANGLE.beside;
    seat.x = (seat.x + x) / 2;
  }
}

function placeSeats(rows, cells, chains) {
  const result = new Cell();
  const tops = [];
  // Ends that stand elsewhere take no room, and the spine is where they are.
  const ends = [...rows[0], ...rows[rows.length - 1]].filter((seat) => seat.node !== null && !cells[seat.node]);
  const spine = ends.length ? ends.reduce((sum, seat) => sum + seat.x, 0) / ends.length : 0;
  let y = 0;
  for (const row of rows) {
    const standing = row.filter((seat) => seat.node !== null && cells[seat.node]);
    const height = Math.max(0, ...standing.map((seat) => cells[seat.node].height));
    for (const seat of standing) {
      const cell = cells[seat.node];
      result.put(cell, seat.x - spine, y + (height - cell.height) / 2);
    }
    for (const seat of row) {
      const x = seat.x - spine;
      result.grow(x - seat.left, x + seat.width - seat.left, 0);
    }
    tops.push([y, y + height]);
    y += height + (height ? TANGLE.layer : 0);
  }
  for (const { edges, points } of chains) {
    if (!points.length) continue;
    const way = points.flatMap((seat) => tops[seat.layer].map((top) => [seat.x - spine, top]));
    result.hint(edges, "via", ...way);
  }
  return result;
}
