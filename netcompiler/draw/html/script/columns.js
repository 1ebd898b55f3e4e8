// A long chain cut into columns of about the same height, and columns side by side.

const MOST_COLUMNS = 250;
const WORTH = 0.93; // one more column must make the whole lower at least by this factor

/** Ranges of pieces, one for each column: the fewest columns no higher than the limit. */
function splitColumns(pieces, limit) {
  let best = [[0, pieces.length]];
  let height = heightOf(pieces, 0, pieces.length);
  // Fewer columns than these cannot be as low.
  const fewest = Math.max(2, Math.min(MOST_COLUMNS, Math.ceil(height / limit)));
  for (let columns = fewest; columns <= MOST_COLUMNS && height > limit; columns += 1) {
    const ranges = balanced(pieces, columns);
    const lower = Math.max(...ranges.map(([start, end]) => heightOf(pieces, start, end)));
    if (lower < WORTH * height) [best, height] = [ranges, lower];
  }
  return best;
}

function heightOf(pieces, start, end) {
  let sum = 0;
  for (let index = start; index < end; index += 1) sum += pieces[index].height + (index > start ? pieces[index].gap : 0);
  return sum;
}

/** The lowest columns for a number of them, found by trying heights. */
function balanced(pieces, columns) {
  let [low, high] = [0, heightOf(pieces, 0, pieces.length)];
  let best = [[0, pieces.length]];
  for (let round = 0; round < 24; round += 1) {
    const middle = (low + high) / 2;
    const ranges = fill(pieces, middle);
    if (ranges.length <= columns && ranges.every(([start, end]) => heightOf(pieces, start, end) <= middle)) {
      [best, high] = [ranges, middle];
    } else low = middle;
  }
  return best;
}

/** Columns filled up one after another. */
function fill(pieces, height) {
  const ranges = [];
  let [start, breakAt, used] = [0, 0, 0];
  pieces.forEach((piece, index) => {
    if (index && piece.mayStart) breakAt = index;
    used += piece.height + (index > start ? piece.gap : 0);
    if (used > height && breakAt > start) {
      ranges.push([start, breakAt]);
      start = breakAt;
      used = heightOf(pieces, start, index + 1);
    }
  });
  return [...ranges, [start, pieces.length]];
}

/** Columns from left to right; the way from one to the next runs up between them. */
function sideBySide(columns, joints) {
  const leads = leadsOf(columns);
  const result = new Cell();
  let x = 0;
  columns.forEach((column, index) => {
    const exit = column.exit;
    if (index) {
      const before = columns[index - 1];
      const gutter = result.right + GUTTER / 2;
      const foot = leads[index - 1] + TURN + before.height + TURN;
      const start = x + before.exit;
      x = result.right + GUTTER + column.left;
      const head = leads[index];
      result.hint(joints[index - 1], "turn", [start, foot], [gutter, foot], [gutter, head], [x, head]);
    }
    result.put(column, x, leads[index] + TURN);
    result.exit = x + exit;
  });
  result.height += TURN;
  return result;
}

/** How far down each column starts, so that the first frames of all columns stand side by side. */
function leadsOf(columns) {
  const heads = columns.map((column) => column.areas.reduce((top, area) => Math.min(top, area.top), Infinity));
  const known = heads.map((head) => (head === Infinity ? 0 : head));
  const lowest = Math.max(...known);
  const leads = known.map((head) => lowest - head);
  const together = Math.max(...columns.map((column, index) => column.height + leads[index]));
  // Not when that would make the whole much higher.
  return together <= 1.2 * Math.max(...columns.map((column) => column.height)) ? leads : leads.map(() => 0);
}
