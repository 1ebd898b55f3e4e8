// Which part of the picture the window shows: pan and zoom with wheel, drag and pinch.

const [LEAST_ZOOM, MOST_ZOOM] = [0.005, 8];
const CLICK = 4; // pixels that the pointer may move during a click

class View {
  constructor(stage, picture, world, changed) {
    Object.assign(this, { stage, picture, world, changed, x: 0, y: 0, k: 1, size: { width: 0, height: 0 }, isPrinted: false });
    this.pointers = new Map();
    this.dragged = false;
    stage.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    picture.addEventListener("pointerdown", (event) => this.#down(event));
    picture.addEventListener("pointermove", (event) => this.#move(event));
    for (const kind of ["pointerup", "pointercancel"]) picture.addEventListener(kind, (event) => this.#up(event));
    picture.addEventListener("dblclick", (event) => event.preventDefault());
  }

  /** A point of the window in the picture's coordinates. */
  at(clientX, clientY) {
    const { left, top } = this.stage.getBoundingClientRect();
    return [(clientX - left - this.x) / this.k, (clientY - top - this.y) / this.k];
  }

  /** The part of the picture in the window. */
  get rectangle() {
    const [left, top] = [-this.x / this.k, -this.y / this.k];
    const [width, height] = [this.size.width / this.k, this.size.height / this.k];
    return { left, top, right: left + width, bottom: top + height, width, height };
  }

  measure() {
    this.size = { width: this.stage.clientWidth, height: this.stage.clientHeight };
  }

  /** Show this. Runs there smoothly, unless the reader asked their system for less motion. */
  set(x, y, k, smooth = false) {
    cancelAnimationFrame(this.frame);
    if (!smooth || matchMedia("(prefers-reduced-motion: reduce)").matches) {
      Object.assign(this, { x, y, k });
      this.#apply();
      return;
    }
    const from = { x: this.x, y: this.y, k: this.k };
    const began = performance.now();
    const step = (now) => {
      const part = Math.min(1, Math.max(0, now - began) / 220);
      const eased = 1 - (1 - part) ** 3;
      // Zoom by factors and move the window's middle evenly: the way a camera would go.
      this.k = from.k * (k / from.k) ** eased;
      const middle = (start, end, side, extent) => {
        const [a, b] = [(extent / 2 - start) / from.k, (extent / 2 - end) / k];
        return extent / 2 - (a + (b - a) * eased) * this.k;
      };
      this.x = middle(from.x, x, "x", this.size.width);
      this.y = middle(from.y, y, "y", this.size.height);
      this.#apply();
      if (part < 1) this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  panBy(dx, dy, smooth = false) {
    this.set(this.x + dx, this.y + dy, this.k, smooth);
  }

  /** Zoom so that a point of the window stays where it is; by default the middle. */
  zoomBy(factor, point = [this.size.width / 2, this.size.height / 2], smooth = false) {
    const k = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, this.k * factor));
    const [x, y] = point.map((value, axis) => value - ((value - [this.x, this.y][axis]) * k) / this.k);
    this.set(x, y, k, smooth);
  }

  /** Show all of a rectangle, no larger than `most`. */
  fit({ left, top, right, bottom }, room, most = 1.6, smooth = false) {
    const k = Math.max(LEAST_ZOOM, Math.min(most, room.width / (right - left), room.height / (bottom - top)));
    const x = room.left + room.width / 2 - (k * (left + right)) / 2;
    const y = room.top + room.height / 2 - (k * (top + bottom)) / 2;
    this.set(x, y, k, smooth);
  }

  /** Put a rectangle into the middle, large enough to read. */
  centre({ left, top, right, bottom }) {
    this.centreOn([(left + right) / 2, (top + bottom) / 2], Math.min(1.8, Math.max(this.k, 0.9)));
  }

  /** Put a point of the picture into the middle. */
  centreOn([x, y], k, smooth = true) {
    this.set(this.size.width / 2 - k * x, this.size.height / 2 - k * y, k, smooth);
  }

  /** Move as little as brings a rectangle into the window. */
  reveal({ left, top, right, bottom }, room) {
    const shift = (low, high, start, extent, offset) => {
      const [a, b] = [low * this.k + offset, high * this.k + offset];
      if (a >= start && b <= start + extent) return 0;
      if (b - a > extent) return start + extent / 2 - (a + b) / 2;
      return a < start ? start - a : start + extent - b;
    };
    const dx = shift(left, right, room.left, room.width, this.x);
    const dy = shift(top, bottom, room.top, room.height, this.y);
    if (dx || dy) this.panBy(dx, dy, true);
  }

  #apply() {
    if (this.isPrinted) return;
    this.world.setAttribute("transform", `matrix(${this.k} 0 0 ${this.k} ${this.x} ${this.y})`);
    this.changed();
  }

  #wheel(event) {
    if (event.target.closest(".scrolls")) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1;
    if (event.shiftKey) {
      this.panBy(-(event.deltaX || event.deltaY) * unit, 0);
      return;
    }
    const { left, top } = this.stage.getBoundingClientRect();
    // A pinch on a touchpad comes as a wheel with the control key and in small steps.
    const step = event.deltaY * unit * (event.ctrlKey ? 0.01 : 0.0016);
    this.zoomBy(Math.exp(-Math.max(-0.7, Math.min(0.7, step))), [event.clientX - left, event.clientY - top]);
  }

  #down(event) {
    if (event.button !== 0) return;
    if (this.pointers.size === 0) this.dragged = false;
    this.pointers.set(event.pointerId, [event.clientX, event.clientY]);
    this.start = [event.clientX, event.clientY];
  }

  #move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = [event.clientX, event.clientY];
    if (!this.dragged && this.pointers.size === 1 && distance(now, this.start) < CLICK) return;
    if (!this.dragged) {
      this.dragged = true;
      // Only now: a captured pointer's click would go to the picture and not to what is under it.
      this.picture.setPointerCapture(event.pointerId);
      this.picture.classList.add("dragging");
    }
    if (this.pointers.size === 2) this.#pinch(event.pointerId, before, now);
    else this.panBy(now[0] - before[0], now[1] - before[1]);
    this.pointers.set(event.pointerId, now);
  }

  #pinch(id, before, now) {
    const other = [...this.pointers].find(([key]) => key !== id)[1];
    const { left, top } = this.stage.getBoundingClientRect();
    const middle = mix(now, other, 0.5);
    const shift = [(now[0] - before[0]) / 2, (now[1] - before[1]) / 2];
    this.panBy(...shift);
    const factor = distance(now, other) / Math.max(1, distance(before, other));
    this.zoomBy(factor, [middle[0] - left, middle[1] - top]);
  }

  #up(event) {
    this.pointers.delete(event.pointerId);
    if (this.pointers.size === 0) this.picture.classList.remove("dragging");
  }
}
