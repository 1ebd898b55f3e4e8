// A page with a picture that is exchanged as a whole. What it offers is what an interactive page offers to `live`.

const byId = (id) => document.getElementById(id);

window.netcompiler = {
  /** Show another picture; an error goes away. */
  update({ net, picture }) {
    byId("picture").src = picture;
    byId("picture").alt = `the net ${net}`;
    byId("picture").hidden = false;
    document.title = net;
    this.error("");
  },
  /** Show an error above the last picture; "" takes it away. */
  error(text) {
    byId("error").textContent = text;
    byId("error").hidden = !text;
    document.documentElement.classList.toggle("stale", Boolean(text));
  },
  /** Show a short word at the head; "" takes it away. */
  notice(text) {
    byId("notice").textContent = text;
  },
};
