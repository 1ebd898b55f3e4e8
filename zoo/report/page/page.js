"use strict";
// The page is whole without this script; it adds sorting, scales, numbers at the pointer, and filters.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const all = (query, within = document) => [...within.querySelectorAll(query)];
  const ofRun = (run) => all(`[data-run="${run}"]`);

  // Tables sort by the column whose heading is pressed; what is missing comes last.
  const value = (row, column) => {
    const cell = row.cells[column];
    const text = cell.dataset.value ?? cell.textContent.trim();
    return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
  };
  const compare = (a, b) =>
    typeof a === "number" && typeof b === "number" ? a - b
      : String(a).localeCompare(String(b), "en", { numeric: true });
  for (const table of all("table.sortable")) {
    const heads = all("thead th", table);
    heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
      const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", sign === 1 ? "ascending" : "descending");
      const body = table.tBodies[0];
      const rows = [...body.rows].map((row) => [value(row, column), row]);
      rows.sort(([a], [b]) => (a === "") - (b === "") || (a === "" ? 0 : sign * compare(a, b)));
      body.append(...rows.map(([, row]) => row));
    }));
  }

  // Linear or logarithmic, a chart at a time.
  for (const button of all("button.scale-of")) {
    button.addEventListener("click", () => {
      const log = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(log));
      const figure = button.closest("figure");
      figure.querySelector(".linear").hidden = log;
      figure.querySelector(".log").hidden = !log;
    });
  }

  // A diagram fits the page, or has its own size.
  for (const button of all("button.full")) {
    button.addEventListener("click", () => {
      const whole = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(whole));
      button.closest("figure").querySelector(".scroll").classList.toggle("whole", whole);
    });
  }

  // The legend takes runs out of the charts.
  const off = new Set();
  for (const button of all("[data-toggle]")) {
    button.addEventListener("click", () => {
      const run = Number(button.dataset.toggle);
      const hide = !off.delete(run);
      if (hide) off.add(run);
      button.setAttribute("aria-pressed", String(!hide));
      for (const each of all(`svg [data-run="${run}"]`)) each.classList.toggle("off", hide);
    });
  }

  // A run that is looked at stands out everywhere.
  let looked = null;
  const look = (run) => {
    if (run === looked) return;
    if (looked !== null) for (const each of ofRun(looked)) each.classList.remove("at");
    looked = run;
    document.body.classList.toggle("looking", run !== null);
    if (run !== null) for (const each of ofRun(run)) each.classList.add("at");
  };
  if (data.runs.length > 1) {
    for (const row of all("tr[data-run]")) {
      row.addEventListener("pointerenter", () => look(row.dataset.run));
      row.addEventListener("pointerleave", () => look(null));
      row.addEventListener("focusin", () => look(row.dataset.run));
      row.addEventListener("focusout", () => look(null));
    }
    for (const line of all(".parallel .run")) {
      line.addEventListener("pointerenter", () => look(line.dataset.run));
      line.addEventListener("pointerleave", () => look(null));
    }
  }

  // Numbers at the pointer: of every run where they are few, and of the one that is looked at.
  const out = new Set();
  const told = (number) => String(Number(number.toPrecision(4)));
  const tell = (figure, svg, event) => {
    const { left, right, from, to } = svg.dataset;
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
    const share = (x - left) / (right - left);
    const tip = figure.querySelector(".tip");
    const cursor = svg.querySelector(".cursor");
    const epoch = Math.round(Number(from) + share * (to - from));
    const key = figure.dataset.curve;
    let shown = data.runs.map((run, number) => ({ run, number, at: run.epochs.indexOf(epoch) }))
      .filter(({ number, at }) => at >= 0 && !off.has(number) && !out.has(number));
    const hide = share < -0.02 || share > 1.02 || shown.length === 0;
    tip.hidden = hide;
    cursor.setAttribute("visibility", hide ? "hidden" : "visible");
    if (hide) return;
    const place = Number(left) + ((epoch - from) / (to - from)) * (right - left);
    for (const end of ["x1", "x2"]) cursor.setAttribute(end, place.toFixed(1));
    const last = ({ run, at }) => (run[key].validation ?? run[key].rate)[at];
    shown.sort((a, b) => last(a) - last(b));
    const more = shown.length - 8;
    shown = shown.slice(0, 8);
    const lines = shown.map(({ run, at }) => {
      const parts = Object.entries(run[key])
        .map(([kind, numbers]) => (kind === "rate" ? told(numbers[at]) : `${kind} ${told(numbers[at])}`));
      return (data.runs.length > 1 ? `${run.label}: ` : "") + parts.join(", ");
    });
    if (more > 0) lines.push(`and ${more} more`);
    tip.replaceChildren(...[`epoch ${epoch}`, ...lines].map((text, i) => {
      const line = document.createElement(i ? "div" : "b");
      line.textContent = text;
      return line;
    }));
    const around = figure.getBoundingClientRect();
    const at = box.left - around.left + (place / svg.viewBox.baseVal.width) * box.width;
    const room = around.width - tip.offsetWidth;
    const beside = at + 12 <= room ? at + 12 : at - 12 - tip.offsetWidth;
    tip.style.left = `${Math.max(0, Math.min(room, beside))}px`;
  };
  for (const figure of all("figure[data-curve]")) {
    for (const svg of all("svg", figure)) {
      svg.addEventListener("pointermove", (event) => tell(figure, svg, event));
      svg.addEventListener("pointerleave", () => {
        figure.querySelector(".tip").hidden = true;
        svg.querySelector(".cursor").setAttribute("visibility", "hidden");
      });
    }
  }

  // Brushes on the axes of the parallel coordinates keep the runs that pass through all of them.
  const parallel = document.querySelector("svg.parallel");
  if (parallel) {
    const axes = all("g.scale", parallel);
    const brushes = axes.map(() => null);
    const clear = document.getElementById("clear");
    const places = all("polyline.run", parallel).map((line) =>
      [Number(line.dataset.run), [...line.points].map((point) => point.y)]);
    const apply = () => {
      clear.hidden = brushes.every((brush) => brush === null);
      axes.forEach((axis, i) => {
        const shape = axis.querySelector(".brush");
        shape.setAttribute("visibility", brushes[i] ? "visible" : "hidden");
        if (!brushes[i]) return;
        const [top, bottom] = brushes[i];
        shape.setAttribute("y", top);
        shape.setAttribute("height", bottom - top);
      });
      for (const [run, ys] of places) {
        const keep = ys.every((y, i) => !brushes[i] || (y >= brushes[i][0] - 1 && y <= brushes[i][1] + 1));
        if (keep) out.delete(run);
        else out.add(run);
        for (const each of ofRun(run)) each.classList.toggle("out", !keep);
      }
    };
    axes.forEach((axis, i) => {
      const area = axis.querySelector(".catch");
      const y = (event) => {
        const box = parallel.getBoundingClientRect();
        return ((event.clientY - box.top) / box.height) * parallel.viewBox.baseVal.height;
      };
      let start = null;
      area.addEventListener("pointerdown", (event) => {
        start = y(event);
        area.setPointerCapture(event.pointerId);
      });
      area.addEventListener("pointermove", (event) => {
        if (start === null) return;
        brushes[i] = [Math.min(start, y(event)), Math.max(start, y(event))];
        apply();
      });
      area.addEventListener("pointerup", () => {
        start = null;
        if (brushes[i] && brushes[i][1] - brushes[i][0] < 3) brushes[i] = null;
        apply();
      });
    });
    clear.addEventListener("click", () => {
      brushes.fill(null);
      apply();
    });
  }

  // A link to a run opens it, and print shows everything.
  const open = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target && target.tagName === "DETAILS") target.open = true;
  };
  window.addEventListener("hashchange", open);
  open();
  window.addEventListener("beforeprint", () => {
    for (const each of all("details:not(.all)")) each.open = true;
  });
  document.documentElement.dataset.ready = "";
})();
