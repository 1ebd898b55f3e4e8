// What runs one after another and what runs side by side in a directed acyclic graph of numbers, which stand in an
// order in which they can be computed.
//
// A node that every way from start to end passes is a single; what lies between two of them is a group of branches,
// each taken apart in the same way. What cannot be taken apart is a tangle.

const DEEPEST = 40; // groups within groups, at most: what lies deeper is a tangle

function single(node) {
  return { type: "single", node };
}

function tangleOf(nodes) {
  return { type: "tangle", nodes };
}

/**
 * Take a graph apart. Every node lies on a way from one of the starts to one of the ends; `outer` are the nodes
 * before and after a branch, on which the starts and the ends of it hang.
 */
function takeApart(nodes, successors, starts, ends, outer = [null, null], depth = 0) {
  if (depth > DEEPEST) return [tangleOf(nodes)];
  const place = new Map(nodes.map((node, index) => [node, index]));
  const [first, last] = [-1, nodes.length];
  const edges = [];
  for (const node of starts) edges.push([first, place.get(node)]);
  for (const node of ends) edges.push([place.get(node), last]);
  for (const a of nodes) {
    for (const b of successors.get(a) ?? []) if (place.has(b)) edges.push([place.get(a), place.get(b)]);
  }
  const cuts = uncovered(edges, nodes.length);
  const direct = new Set(edges.filter(([a, b]) => b - a > 1).map(([a, b]) => `${a} ${b}`));
  const stops = [first, ...cuts, last];
  const elements = [];
  for (let index = 0; index + 1 < stops.length; index += 1) {
    const [above, below] = [stops[index], stops[index + 1]];
    if (below - above > 1) {
      const gap = {
        above,
        below,
        before: above >= 0 ? nodes[above] : outer[0],
        after: below < last ? nodes[below] : outer[1],
        direct: direct.has(`${above} ${below}`),
        depth,
      };
      elements.push(between(nodes, successors, edges, gap));
    }
    if (below !== last) elements.push(single(nodes[below]));
  }
  return elements;
}

/** The branches in a gap between two places that every way passes. */
function between(nodes, successors, edges, gap) {
  const inner = nodes.slice(gap.above + 1, gap.below);
  const entered = new Set();
  const left = new Set();
  for (const [a, b] of edges) {
    if (a === gap.above && b < gap.below) entered.add(nodes[b]);
    if (b === gap.below && a > gap.above) left.add(nodes[a]);
  }
  const parts = components(inner, successors);
  if (gap.above === -1 && gap.below === nodes.length && parts.length === 1) return tangleOf(inner);
  const branches = parts.map((part) =>
    takeApart(
      part,
      successors,
      part.filter((node) => entered.has(node)),
      part.filter((node) => left.has(node)),
      [gap.before, gap.after],
      gap.depth + 1,
    ));
  return { type: "group", branches, before: gap.before, after: gap.after, direct: gap.direct };
}

/** The places that no edge leads past: every way goes through them. */
function uncovered(edges, size) {
  const change = new Int32Array(size + 2);
  for (const [a, b] of edges) {
    if (b - a > 1) {
      change[a + 1] += 1;
      change[b] -= 1;
    }
  }
  const found = [];
  let covered = 0;
  for (let index = 0; index < size; index += 1) {
    covered += change[index];
    if (covered === 0) found.push(index);
  }
  return found;
}

/** The parts of a graph that no edge joins, each in the given order, by their first nodes. */
function components(nodes, successors) {
  const parent = new Map(nodes.map((node) => [node, node]));
  const find = (node) => {
    while (parent.get(node) !== node) {
      parent.set(node, parent.get(parent.get(node)));
      node = parent.get(node);
    }
    return node;
  };
  for (const a of nodes) {
    for (const b of successors.get(a) ?? []) if (parent.has(b)) parent.set(find(b), find(a));
  }
  const parts = new Map();
  for (const node of nodes) {
    const root = find(node);
    if (!parts.has(root)) parts.set(root, []);
    parts.get(root).push(node);
  }
  return [...parts.values()];
}

/** All nodes on ways from the starts, these included. */
function reachable(starts, successors) {
  const found = new Set(starts);
  const pending = [...found];
  while (pending.length) {
    for (const node of successors.get(pending.pop()) ?? []) {
      if (!found.has(node)) {
        found.add(node);
        pending.push(node);
      }
    }
  }
  return found;
}

/** The same edges the other way round. */
function reverse(successors) {
  const result = new Map();
  for (const [source, targets] of successors) {
    for (const target of targets) {
      if (!result.has(target)) result.set(target, []);
      result.get(target).push(source);
    }
  }
  return result;
}

/** All nodes of some elements, in order. */
function members(elements) {
  const found = [];
  for (const element of elements) {
    if (element.type === "single") found.push(element.node);
    else if (element.type === "tangle") found.push(...element.nodes);
    else for (const branch of element.branches) found.push(...members(branch));
  }
  return found;
}
