// Branches between two nodes: bodies around the spine, skip connections to the right of them.

function layBranches(level, group) {
  const cells = group.branches.map((branch) => layBranch(level, group, branch));
  const skips = skipping(level, group);
  const result = new Cell(0, 0, Math.max(...cells.map((cell) => cell.height)));
  const bodies = cells.filter((_, index) => !skips[index]);
  putBodies(result, bodies);
  const hinted = new Set();
  group.branches.forEach((branch, index) => {
    const part = members(branch);
    if (skips[index]) {
      putDetour(level, result, group, part, cells[index]);
    } else if (bodies.length > 1) {
      // Branches of different height: the lines run to the side above and below all of them.
      const [above, below] = level.rising ? [result.height, 0] : [0, result.height];
      result.hint(level.between([group.before], part), "spread", [0, above]);
      result.hint(level.between(part, [group.after]), "gather", [0, below]);
    }
  });
  for (const { edge } of result.hints) hinted.add(edge);
  for (const edge of level.between([group.before], [group.after])) {
    if (!group.direct || hinted.has(edge)) continue;
    const x = result.right + ARC;
    result.hint([edge], "arc", [x, 0]);
    result.grow(0, x + 3, 0);
  }
  return result;
}

/** True for what spreads to both sides of the spine, and so needs room above and below. */
function spreads(level, element) {
  if (element.type === "group") return skipping(level, element).filter((skip) => !skip).length > 1;
  return element.type === "tangle";
}

/** Which branches of a group are skip connections; none when all are. */
function skipping(level, group) {
  const skips = group.branches.map((branch) => {
    const edges = level.between(members(branch), [group.after]);
    return edges.length > 0 && edges.every((edge) => edge.skip);
  });
  return skips.every(Boolean) ? skips.map(() => false) : skips;
}

/** Nodes in no simple order, with the edges from and to the ends of the group that they are all of. */
function layKnot(level, element, group = null) {
  let nodes = element.nodes;
  if (group) nodes = [group.before, ...nodes, group.after].filter((node) => node !== null);
  const place = new Map(nodes.map((node, index) => [node, index]));
  let links = [];
  for (const [node, a] of place) {
    for (const [target, edges] of level.links.get(node) ?? []) {
      const b = place.get(target);
      if (b > a) links.push({ a, b, edges });
    }
  }
  const last = nodes.length - 1;
  if (group && group.branches.length > 1) links = links.filter(({ a, b }) => !(a === 0 && b === last));
  const inside = new Set(element.nodes);
  return layTangle(nodes.map((node) => (inside.has(node) ? level.cells[node] : null)), links);
}

/** A branch: it never wraps, since its ends must stay near the nodes that it joins. */
function layBranch(level, group, elements) {
  if (elements.length === 1 && elements[0].type === "tangle") return layKnot(level, elements[0], group);
  return level.row(elements);
}

function putBodies(result, bodies) {
  const spines = [];
  let x = 0;
  for (const cell of bodies) {
    spines.push(x + cell.left);
    x += cell.width + BESIDE;
  }
  // The spine runs through the middle branch, or between the two in the middle.
  const middle = (spines[(spines.length - 1) >> 1] + spines[spines.length >> 1]) / 2;
  if (bodies.length === 1) result.exit = bodies[0].exit;
  bodies.forEach((cell, index) => result.put(cell, spines[index] - middle, (result.height - cell.height) / 2));
}

/** Put a skip connection that has layers of its own to the right of what is there. */
function putDetour(level, result, group, part, cell) {
  result.put(cell, result.right + BESIDE + cell.left, (result.height - cell.height) / 2);
  result.hint(level.between([group.before], part), "out");
  result.hint(level.between(part, [group.after]), "in");
  const detour = new Set();
  for (const node of part) {
    for (const one of nodesIn(level.items[node])) {
      for (const edge of [...level.scene.edgesInto(one), ...level.scene.edgesOutOf(one)]) detour.add(edge);
    }
  }
  result.detours.push([...detour]);
}
