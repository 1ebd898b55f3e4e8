// What the page says about layers, blocks and values. Data becomes text and never anything else.

const REST = 130; // milliseconds that the pointer rests on something before the card about it comes

function html(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** The operation with all its arguments, those left at their defaults in grey. */
function callOf(layer) {
  const { operation, arguments: args } = layer.facts;
  const line = html("p", { class: "call" }, html("b", {}, operation));
  if (!args.length) return line;
  line.append("(");
  args.forEach(([name, value, isDefault], index) => {
    const comma = index + 1 < args.length ? ", " : ")";
    line.append(html("span", { class: isDefault ? "default" : "given" }, `${name}=${value}${comma}`), " ");
  });
  return line;
}

/** A layer's facts as rows of name and value. */
function rowsOf(layer, model) {
  const { facts } = layer;
  const rows = [];
  if (facts.inputs.length) rows.push([facts.inputs.length > 1 ? "inputs" : "input", facts.inputs.join(", ")]);
  rows.push(["output", facts.output]);
  const weights = Object.entries(facts.weights).map(([name, shape]) => `${name} ${shape}`);
  if (weights.length) rows.push(["weights", weights.join(", ")]);
  const buffers = Object.entries(facts.buffers).map(([name, shape]) => `${name} ${shape || "1"}`);
  if (buffers.length) rows.push(["buffers", buffers.join(", ")]);
  if (facts.reuses) rows.push(["weights", `those of ${facts.reuses} again`]);
  if (facts.parameters) rows.push(["parameters", whole(facts.parameters)]);
  if (facts.macs) rows.push(["MACs", whole(facts.macs)]);
  rows.push(["neurons", whole(facts.neurons)]);
  if (layer.group >= 0) rows.push(["group", model.data.groups[layer.group].name]);
  return rows;
}

function table(rows) {
  const list = html("dl");
  for (const [name, value] of rows) list.append(html("dt", {}, name), html("dd", {}, value));
  return list;
}

/** The line of the spec at which something stands: file, line and text. */
function placeOf(thing, model) {
  const source = model.source(thing.source);
  const [line] = model.lines(thing);
  return html("p", { class: "place" }, html("span", { title: source.name }, `${lastOf(source.name)}:${line + 1}`), html("code", {}, source.lines[line].trim()));
}

function layerCard(layer, model) {
  return html(
    "section",
    { class: `layer kind-${layer.facts.kind}` },
    html("h3", {}, layer.path, layer.id === layer.path ? null : html("small", {}, ` ${layer.id}`)),
    callOf(layer),
    table(rowsOf(layer, model)),
    placeOf(layer, model),
  );
}

function blockRows(item, model) {
  const scope = item.path ? model.scope(item.path) : null;
  const rows = [];
  if (scope?.definition) {
    const args = scope.args.map(([name, value]) => `${name}=${value}`).join(", ");
    rows.push(["calls", scope.definition + (args ? `(${args})` : "")]);
  }
  if (item.shape) rows.push(["output", item.shape]);
  rows.push(["layers", whole(item.count)], ["parameters", whole(item.parameters)], ["MACs", whole(item.macs)]);
  return rows;
}

function blockCard(item, model, times) {
  const title = item.path || nameOf(item);
  const card = html("section", { class: "layer" }, html("h3", {}, title, times > 1 ? html("em", {}, ` ×${times}`) : null));
  if (times > 1) card.append(html("p", { class: "call" }, `${times} identical copies in a row; the numbers are of one`));
  card.append(table(blockRows(item, model)));
  const scope = item.path ? model.scope(item.path) : null;
  if (scope) card.append(placeOf(scope, model));
  return card;
}

/** Everything about a node or a frame, for the card at the pointer and for the panel. */
function cardsOf(thing, model) {
  const { item } = thing;
  const times = item.type === "run" ? item.times : thing.times;
  const shown = item.type === "run" ? item.children[0] : item;
  if (shown.type !== "leaf") return [blockCard(shown, model, times)];
  const cards = shown.layers.map((layer) => layerCard(layer, model));
  if (!shown.layers.length) cards.push(outputCard(shown));
  if (times > 1) cards.unshift(html("p", { class: "call" }, `${times} identical copies in a row; this is the first`));
  for (const layer of shown.through) {
    const card = layerCard(layer, model);
    card.prepend(html("p", { class: "through" }, "reads through"));
    cards.push(card);
  }
  return cards;
}

function outputCard(leaf) {
  const what = leaf.training ? "an output of the net, in training only" : "an output of the net";
  return html("section", { class: "layer" }, html("h3", {}, leaf.title), html("p", { class: "call" }, what), table([["output", leaf.shape]]));
}

/** What an edge carries. */
function edgeCard(edge, look) {
  const titles = { flow: "value", skip: "skip connection", crossing: "between groups" };
  const sources = new Set(edge.flows.map(({ source }) => source.layers.at(-1)?.path ?? source.title));
  const targets = new Set(edge.flows.map(({ target }) => target.layers[0]?.path ?? target.title));
  const rows = [["from", [...sources].join(", ")], ["to", [...targets].join(", ")]];
  rows.push(["shape", edge.shape], ["bytes", `${whole(edge.bytes)} a sample`]);
  return [html("section", { class: "layer" }, html("h3", {}, titles[look]), table(rows))];
}

/** The card at the pointer. */
class Card {
  constructor(element, stage) {
    this.element = element;
    this.stage = stage;
  }

  /** Show it once the pointer rests; at once where it is shown already. */
  await(cards, x, y) {
    clearTimeout(this.timer);
    this.at = [x, y];
    if (this.element.hidden) this.timer = setTimeout(() => this.show(cards(), ...this.at), REST);
    else this.show(cards(), x, y);
  }

  show(cards, x, y) {
    const most = 3;
    const more = cards.length > most ? [html("p", { class: "more" }, `and ${plural(cards.length - most, "more layer")}: click`)] : [];
    this.element.replaceChildren(...cards.slice(0, most), ...more);
    this.element.hidden = false;
    this.move(x, y);
  }

  move(x, y) {
    this.at = [x, y];
    if (this.element.hidden) return;
    const { width, height } = this.element.getBoundingClientRect();
    const room = this.stage.getBoundingClientRect();
    const left = x + 18 + width > room.right ? x - 18 - width : x + 18;
    const top = Math.min(y + 14, room.bottom - height - 8);
    this.element.style.left = `${Math.max(room.left + 4, left)}px`;
    this.element.style.top = `${Math.max(room.top + 4, top)}px`;
  }

  hide() {
    clearTimeout(this.timer);
    this.element.hidden = true;
  }
}
