// What is folded. Blocks are open unless they are named here; runs of copies show the first unless they are.

class Folds {
  constructor(closed = [], copies = []) {
    this.closed = new Set(closed);
    this.copies = new Set(copies);
  }

  copy() {
    return new Folds(this.closed, this.copies);
  }

  isClosed(block) {
    return this.closed.has(block.key);
  }

  isUnfolded(run) {
    return this.copies.has(run.key);
  }

  /** Fold or unfold a block. */
  close(block, closed = true) {
    if (closed) this.closed.add(block.key);
    else this.closed.delete(block.key);
  }

  /** Show all copies of a run, each folded like the first; or the first alone. */
  unfold(run, unfolded = true) {
    if (!unfolded) {
      this.copies.delete(run.key);
      return;
    }
    this.copies.add(run.key);
    const first = [...within(run.children[0])];
    for (const copy of run.children.slice(1)) {
      let index = 0;
      for (const item of within(copy)) {
        const like = first[index++];
        if (item.type === "block") this.close(item, this.isClosed(like));
        else if (item.type === "run" && this.isUnfolded(like)) this.copies.add(item.key);
      }
    }
  }

  /** Open everything that hides an item. */
  reveal(item) {
    let inside = item;
    for (const above of around(item)) {
      if (above.type === "block") this.close(above, false);
      else if (inside !== above.children[0] && !this.isUnfolded(above)) this.unfold(above);
      inside = above;
    }
    // Unfolding copies them as the first stands, which may be closed.
    for (const above of around(item)) if (above.type === "block") this.close(above, false);
  }

  /** Close every block below a depth, and fold all copies. */
  setDepth(model, depth) {
    this.closed.clear();
    this.copies.clear();
    const visit = (item, level) => {
      if (item.type === "leaf") return;
      const counts = item.type === "block" && item.parent && item.lane === undefined;
      if (counts && level >= depth) this.close(item);
      for (const child of item.children) visit(child, level + (counts ? 1 : 0));
    };
    visit(model.root, 0);
  }

  /** Open every closed block that can be seen; when there is none, every run of copies. */
  openLevel(model) {
    const [closed, runs] = [[], []];
    this.#visit(model.root, (item) => {
      if (item.type === "block" && this.isClosed(item)) closed.push(item);
      if (item.type === "run" && !this.isUnfolded(item)) runs.push(item);
    });
    for (const block of closed) this.close(block, false);
    if (!closed.length) for (const run of runs) this.unfold(run);
    return closed.length + runs.length > 0;
  }

  /** Close every open block that can be seen and has no open block in it; before that, fold runs of copies. */
  closeLevel(model) {
    const [runs, innermost] = [[], []];
    this.#visit(model.root, (item) => {
      if (item.type === "run" && this.isUnfolded(item)) runs.push(item);
      if (item.type === "block" && item.parent && item.lane === undefined && this.#isInnermost(item)) innermost.push(item);
    });
    for (const run of runs) this.unfold(run, false);
    if (!runs.length) for (const block of innermost) this.close(block);
    return runs.length + innermost.length > 0;
  }

  #isInnermost(block) {
    if (this.isClosed(block)) return false;
    let open = 0;
    this.#visit(block, (item) => {
      if (item.type === "block" && !this.isClosed(item)) open += 1;
    });
    return open === 1;
  }

  /** Call for every item that can be seen. */
  #visit(item, see) {
    see(item);
    if (item.type === "leaf" || (item.type === "block" && this.isClosed(item))) return;
    const seen = item.type === "run" && !this.isUnfolded(item) ? item.children.slice(0, 1) : item.children;
    for (const child of seen) this.#visit(child, see);
  }
}
