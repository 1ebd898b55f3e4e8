// Numbers in words, as everywhere else: 25.6 M, 86.5 KB.

function whole(number) {
  return number.toLocaleString("en-US");
}

function count(number) {
  return scaled(number, ["", " K", " M", " G", " T", " P"], true);
}

function bytes(number) {
  return scaled(number, [" B", " KB", " MB", " GB", " TB", " PB"], false);
}

function plural(number, noun) {
  return `${whole(number)} ${noun}${number === 1 ? "" : "s"}`;
}

function scaled(number, units, precise) {
  const last = units.length - 1;
  let place = 0;
  // 999.96 would round up to "1000.0": it belongs to the next unit.
  while (place < last && number >= 999.95) {
    number /= 1000;
    place += 1;
  }
  const digits = place === 0 ? 0 : precise && number < 10 ? 2 : 1;
  return number.toFixed(digits) + units[place];
}

/** The file's own name in a path. */
function lastOf(path) {
  return path.split(/[\\/]/).pop() || path;
}

/** A short text for a node; longer ones are cut. */
function cut(text, most = 46) {
  const characters = Array.from(text);
  return characters.length <= most ? text : characters.slice(0, most - 1).join("") + "…";
}
