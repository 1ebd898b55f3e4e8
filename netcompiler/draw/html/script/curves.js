// Lines as Bézier curves of 3n + 1 points.

const TIP = 5.5; // length of an arrow's head
const ROUND = 11; // radius of corners
const QUARTER = 0.5523; // how far towards a corner the control points of a quarter of a circle stand

function distance(a, b) {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

function mix(a, b, part) {
  return [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part];
}

function toward(start, end, far) {
  const length = distance(start, end);
  return length ? mix(start, end, far / length) : start;
}

function straight(start, end) {
  return [start, mix(start, end, 1 / 3), mix(start, end, 2 / 3), end];
}

/** A curve that leaves and arrives upright; a straight line when it can be one. */
function swing(start, end) {
  return Math.abs(start[0] - end[0]) < 0.5 ? straight(start, end) : bend(start, end, true, true);
}

/** A curve that leaves and arrives upright or level. */
function bend([x0, y0], [x1, y1], uprightStart, uprightEnd) {
  const [dx, dy] = [(x1 - x0) / 2, (y1 - y0) / 2];
  const first = uprightStart ? [x0, y0 + dy] : [x0 + dx, y0];
  const last = uprightEnd ? [x1, y1 - dy] : [x1 - dx, y1];
  return [[x0, y0], first, last, [x1, y1]];
}

/** Curves one after another, each starting where the one before ends. */
function joined(...curves) {
  return curves.reduce((all, curve) => [...all, ...curve.slice(1)]);
}

/** A line through corners, each rounded. */
function rounded(corners) {
  const kept = [corners[0]];
  for (const corner of corners.slice(1)) if (distance(corner, kept.at(-1)) > 0.01) kept.push(corner);
  let curve = [kept[0]];
  for (let index = 1; index + 1 < kept.length; index += 1) {
    const [before, corner, after] = kept.slice(index - 1, index + 2);
    // Two corners share the line between them.
    const radius = Math.min(ROUND, distance(before, corner) / 2, distance(corner, after) / 2);
    const [enter, leave] = [toward(corner, before, radius), toward(corner, after, radius)];
    curve = joined(curve, straight(curve.at(-1), enter));
    curve.push(mix(enter, corner, QUARTER), mix(leave, corner, QUARTER), leave);
  }
  return joined(curve, straight(curve.at(-1), kept.at(-1)));
}

/** A curve that ends where the arrow's head begins, and the three corners of the head. */
function withTip(curve) {
  const end = curve.at(-1);
  const before = [...curve].reverse().find((point) => distance(point, end) > 0.01) ?? [end[0], end[1] - 1];
  const foot = toward(end, before, TIP);
  const last = curve.at(-2);
  const shorter = [...curve.slice(0, -2), [last[0] + foot[0] - end[0], last[1] + foot[1] - end[1]], foot];
  const [dx, dy] = [(foot[1] - end[1]) * 0.46, (end[0] - foot[0]) * 0.46];
  return { curve: shorter, head: [[foot[0] + dx, foot[1] + dy], end, [foot[0] - dx, foot[1] - dy]] };
}

function pathOf(curve) {
  const text = (point) => `${+point[0].toFixed(2)},${+point[1].toFixed(2)}`;
  let path = `M${text(curve[0])}`;
  for (let index = 1; index < curve.length; index += 3) path += `C${curve.slice(index, index + 3).map(text).join(" ")}`;
  return path;
}

/** Points along a curve, close enough to tell how near the pointer is. */
function sampled(curve) {
  const points = [curve[0]];
  for (let index = 1; index < curve.length; index += 3) {
    const [p0, p1, p2, p3] = [curve[index - 1], ...curve.slice(index, index + 3)];
    for (const t of [0.25, 0.5, 0.75, 1]) {
      const s = 1 - t;
      const weights = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
      points.push([0, 1].map((axis) =>
        weights[0] * p0[axis] + weights[1] * p1[axis] + weights[2] * p2[axis] + weights[3] * p3[axis]));
    }
  }
  return points;
}
