// A hash table from (task, run, part) to a row number, in four typed columns: 16 bytes an entry and no object each.

/** In place of a part: the whole value. */
export const WHOLE = -1

/** Finds rows by task, run and, for values that came in parts, the part. Open addressing with linear probing; rows are ≥ 0, −1 says "not here". */
export class TaskRunTable {
  #tasks = new Int32Array(64)
  #runs = new Int32Array(64)
  #parts = new Int32Array(64)
  /** Row + 1, so that 0 says the place is free. */
  #rows = new Int32Array(64)
  #mask = 63
  #size = 0

  get size(): number {
    return this.#size
  }

  get(task: number, run: number, part = WHOLE): number {
    const at = this.#find(task, run, part)
    return this.#rows[at] - 1
  }

  set(task: number, run: number, row: number, part = WHOLE): void {
    if (2 * (this.#size + 1) > this.#mask + 1) this.#resize(2 * (this.#mask + 1))
    const at = this.#find(task, run, part)
    if (this.#rows[at] !== 0) {
      this.#rows[at] = row + 1
      return
    }
    this.#tasks[at] = task
    this.#runs[at] = run
    this.#parts[at] = part
    this.#rows[at] = row + 1
    this.#size++
  }

  /** Removes an entry and returns its row, or −1. */
  delete(task: number, run: number, part = WHOLE): number {
    const at = this.#find(task, run, part)
    const row = this.#rows[at] - 1
    if (row === -1) return -1
    this.#size--
    this.#closeGap(at)
    if (this.#mask > 1023 && 16 * this.#size < this.#mask) this.#resize((this.#mask + 1) >> 2)
    return row
  }

  /** Where an entry stands, or the free place at which the search for it ends. */
  #find(task: number, run: number, part: number): number {
    let at = mix(task, run, part) & this.#mask
    while (
      this.#rows[at] !== 0 &&
      (this.#tasks[at] !== task || this.#runs[at] !== run || this.#parts[at] !== part)
    )
      at = (at + 1) & this.#mask
    return at
  }

  /** Moves later entries of the probe chain back, so that no tombstones are needed. */
  #closeGap(from: number): void {
    let gap = from
    for (let at = (gap + 1) & this.#mask; this.#rows[at] !== 0; at = (at + 1) & this.#mask) {
      const home = mix(this.#tasks[at], this.#runs[at], this.#parts[at]) & this.#mask
      if (((at - home) & this.#mask) < ((at - gap) & this.#mask)) continue
      this.#tasks[gap] = this.#tasks[at]
      this.#runs[gap] = this.#runs[at]
      this.#parts[gap] = this.#parts[at]
      this.#rows[gap] = this.#rows[at]
      gap = at
    }
    this.#rows[gap] = 0
  }

  #resize(places: number): void {
    const [tasks, runs, parts, rows] = [this.#tasks, this.#runs, this.#parts, this.#rows]
    this.#tasks = new Int32Array(places)
    this.#runs = new Int32Array(places)
    this.#parts = new Int32Array(places)
    this.#rows = new Int32Array(places)
    this.#mask = places - 1
    for (let from = 0; from < rows.length; from++) {
      if (rows[from] === 0) continue
      let at = mix(tasks[from], runs[from], parts[from]) & this.#mask
      while (this.#rows[at] !== 0) at = (at + 1) & this.#mask
      this.#tasks[at] = tasks[from]
      this.#runs[at] = runs[from]
      this.#parts[at] = parts[from]
      this.#rows[at] = rows[from]
    }
  }
}

/** Spreads neighbouring numbers over the table. */
function mix(task: number, run: number, part: number): number {
  let h = Math.imul(task, 0x9e3779b1) ^ Math.imul(run, 0x85ebca77) ^ Math.imul(part + 1, 0x27d4eb2f)
  h ^= h >>> 15
  return Math.imul(h, 0x2c1b3c6d) >>> 0
}
