// What the colours and lines of the picture mean: only those that it has.

function legendOf(model, scene, router) {
  const entries = [];
  const kinds = new Set(model.ordered.map((leaf) => leaf.kind));
  for (const [kind, words] of Object.entries(settings.kinds)) {
    if (kinds.has(kind)) entries.push(html("li", {}, html("i", { class: `swatch kind-${kind}` }), words));
  }
  const looks = scene.edges.map((edge) => router.look(edge));
  const line = (look, dashed, words) => {
    const sample = svg("svg", { class: `sample edge ${look}${dashed ? " dashed" : ""}`, viewBox: "0 0 22 8", width: 22, height: 8 });
    sample.append(svg("path", { class: "line", d: "M0,4H22" }));
    entries.push(html("li", {}, sample, words));
  };
  if (looks.some(({ look, dashed }) => look === "skip" && !dashed)) line("skip", false, "skip connection");
  if (looks.some(({ look, dashed }) => look === "skip" && dashed)) line("skip", true, "skip connection with layers");
  if (looks.some(({ look }) => look === "crossing")) line("crossing", true, "between groups, bytes a sample");
  return entries;
}
