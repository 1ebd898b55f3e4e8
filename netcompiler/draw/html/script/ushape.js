// Skip connections within skip connections, each at another resolution: drawn as a U. The way down is a column, the
// way up a column to its right in which values rise, and every skip connection runs straight across.

const ACROSS = 84; // between the two columns
const ROW = 26; // between rows
const CORNER = 18; // between the columns and what stands below them

/** How to bend a chain that has two or more skip connections inside one another; null for other chains. */
function findBend(elements, level) {
  const rows = [];
  const skips = [];
  for (;;) {
    const places = elements.flatMap((element, index) => (isSkipped(element) ? [index] : []));
    const [at] = places;
    if (places.length !== 1 || at === 0 || at === elements.length - 1) break;
    rows.push([elements.slice(0, at), elements.slice(at + 1)]);
    skips.push(level.between(members([elements[at - 1]]), members([elements[at + 1]])));
    elements = elements[at].branches[0];
  }
  // They carry values of different shapes.
  const shapes = new Set(skips.flat().map((edge) => edge.shape));
  if (rows.length < 2 || shapes.size < rows.length) return null;
  const middle = elements.length >> 1;
  const [down, up] = [elements.slice(0, middle), elements.slice(middle + 1)];
  if (down.length || up.length) {
    rows.push([down, up]);
    skips.push([]);
  }
  return { rows, bottom: elements.slice(middle, middle + 1), skips };
}

function isSkipped(element) {
  return element.type === "group" && element.direct && element.branches.length === 1;
}

/** The layout of a U; `rising` lays out the same items upwards. */
function layBend(bend, level, rising) {
  const pairs = bend.rows.map(([down, up]) => [level.row(down), rising.row(up)]);
  const bottom = level.row(bend.bottom);
  const result = new Cell();
  const far = Math.max(...pairs.map(([down]) => down.right)) + ACROSS + Math.max(...pairs.map(([, up]) => up.left));
  let y = 0;
  pairs.forEach(([down, up], index) => {
    const height = Math.max(down.height, up.height);
    // The ends of a skip connection are last on the way down and first on the way up: at the foot.
    result.put(down, 0, y + height - down.height);
    result.put(up, far, y + height - up.height);
    result.hint(bend.skips[index], "across");
    y += height + ROW;
  });
  const head = y - ROW + CORNER;
  // Between the columns, and clear of the way up.
  const between = Math.min(far / 2, far - bottom.right - CORNER);
  result.put(bottom, between, head + CORNER);
  const foot = result.height + CORNER;
  const middle = members(bend.bottom);
  const into = level.between(bend.rows.flatMap(([down]) => members(down)), middle);
  const outOf = level.between(middle, bend.rows.flatMap(([, up]) => members(up)));
  result.hint(into, "turn", [0, head], [between, head]);
  result.hint(outOf, "turn", [between, foot], [far, foot]);
  result.grow(0, far, foot);
  result.exit = far;
  return result;
}
