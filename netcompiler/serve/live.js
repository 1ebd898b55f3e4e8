// Keeps a page fresh: asks for news when the spec is saved, and offers the file's nets.

(() => {
"use strict";
let { version, net, nets } = start;
let latest = 0;

const menu = document.createElement("select");
menu.id = "nets";
menu.title = "Nets of this file";
menu.setAttribute("aria-label", "Net");
menu.hidden = true;
menu.style.cssText = "font: inherit; font-weight: bold; color: inherit; background: none; padding: 4px 6px; border-radius: 6px; max-width: 14em";
document.querySelector("header").prepend(menu);
menu.onchange = () => {
  net = menu.value;
  const address = new URL(location.href);
  address.searchParams.set("net", net);
  // What is folded in one net means nothing in another.
  address.hash = "";
  history.replaceState(null, "", address);
  refresh();
};

function offer() {
  const names = nets.includes(net) || !net ? nets : [net, ...nets];
  menu.replaceChildren(...names.map((name) => new Option(name, name, false, name === net)));
  menu.value = net;
  menu.hidden = names.length < 2;
}

async function refresh() {
  const asked = ++latest;
  let found;
  try {
    const answer = await fetch(`/net?net=${encodeURIComponent(net)}`);
    if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
    found = await answer.json();
  } catch (problem) {
    if (asked === latest) netcompiler.notice(String(problem.message));
    return;
  }
  if (asked !== latest) return;
  ({ version, net, nets } = found);
  netcompiler.notice("");
  offer();
  if (found.error) netcompiler.error(found.error);
  else netcompiler.update(found.data);
}

const events = new EventSource("/events");
events.onmessage = ({ data }) => {
  netcompiler.notice("");
  if (data !== version) refresh();
};
events.onerror = () => netcompiler.notice("not connected");
offer();
})();
