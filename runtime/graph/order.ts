// The static order of a graph's tasks: depth first and memory-shy, so that values are used soon after they are made.

/**
 * Orders tasks so that a serial run holds few values at a time. Three habits do it:
 * - depth first: a task comes right after the last of what it needs;
 * - big steps: of several dependencies the one that needs the most room while it is made comes first, since what is
 *   made before it has to be held meanwhile;
 * - memory-shy: whatever can run and lets go of a value at least, runs at once, whichever result it is for.
 * Takes time and memory in proportion to tasks and edges.
 * @param count number of tasks
 * @param offsets `dependencies[offsets[i] … offsets[i + 1]]` are those of task i; length `count + 1`
 * @param dependencies indices of earlier tasks; negative entries stand for data that is there already and are skipped
 * @returns the tasks in the order in which they should run; dependencies always come before dependents
 * @example order(4, Uint32Array.of(0, 0, 0, 1, 2), Int32Array.of(0, 1)) // [0, 2, 1, 3]: 0 is let go of before 1 is made
 */
export function order(count: number, offsets: Uint32Array, dependencies: Int32Array): Uint32Array {
  return new Ordering(count, offsets, dependencies).run()
}

class Ordering {
  readonly #count: number
  readonly #offsets: Uint32Array
  readonly #dependencies: Int32Array
  readonly #dependentOffsets: Uint32Array
  readonly #dependents: Uint32Array
  /** Per task: dependencies that are not placed yet (per edge). */
  readonly #missing: Uint32Array
  /** Per task: dependents that are not placed yet (per edge); a value is held until there are none. */
  readonly #users: Uint32Array
  /** Per task: how many values a serial run would hold at once while making it from nothing. */
  readonly #room: Uint32Array
  readonly #placed: Uint8Array
  readonly #result: Uint32Array
  #length = 0
  /** Tasks that can run and let go of something, the latest on top. */
  readonly #eager: number[] = []

  constructor(count: number, offsets: Uint32Array, dependencies: Int32Array) {
    this.#count = count
    this.#offsets = offsets
    this.#dependencies = dependencies
    this.#missing = new Uint32Array(count)
    this.#placed = new Uint8Array(count)
    this.#result = new Uint32Array(count)
    this.#dependentOffsets = new Uint32Array(count + 1)
    for (let task = 0; task < count; task++)
      for (let e = offsets[task]; e < offsets[task + 1]; e++)
        if (dependencies[e] >= 0) {
          this.#missing[task]++
          this.#dependentOffsets[dependencies[e] + 1]++
        }
    this.#users = this.#dependentOffsets.slice(1)
    for (let task = 0; task < count; task++) this.#dependentOffsets[task + 1] += this.#dependentOffsets[task]
    this.#dependents = new Uint32Array(this.#dependentOffsets[count])
    const next = this.#dependentOffsets.slice(0, count)
    for (let task = 0; task < count; task++)
      for (let e = offsets[task]; e < offsets[task + 1]; e++)
        if (dependencies[e] >= 0) this.#dependents[next[dependencies[e]]++] = task
    this.#room = this.#measureRoom()
  }

  run(): Uint32Array {
    const cursor = this.#offsets.slice(0, this.#count)
    const entered = new Uint8Array(this.#count)
    const sorted = this.#bigStepsFirst()
    const stack: number[] = []
    for (const sink of this.#sinks()) {
      stack.push(sink)
      while (stack.length > 0) {
        const task = stack[stack.length - 1]
        if (this.#placed[task] !== 0) {
          stack.pop()
          continue
        }
        let descended = false
        const end = this.#offsets[task + 1]
        while (cursor[task] < end) {
          const dependency = sorted[cursor[task]++]
          if (dependency < 0 || this.#placed[dependency] !== 0 || entered[dependency] !== 0) continue
          entered[dependency] = 1
          stack.push(dependency)
          descended = true
          break
        }
        if (descended) continue
        stack.pop()
        this.#place(task)
      }
    }
    return this.#result
  }

  /** Places a task, and then whatever can run now and lets go of something. */
  #place(first: number): void {
    const eager = this.#eager
    eager.push(first)
    while (eager.length > 0) {
      const task = eager.pop()!
      if (this.#placed[task] !== 0) continue
      this.#placed[task] = 1
      this.#result[this.#length++] = task
      for (let e = this.#offsets[task]; e < this.#offsets[task + 1]; e++) {
        const dependency = this.#dependencies[e]
        if (dependency < 0) continue
        // With one user left, that one lets go of it: it may have been ready for long.
        if (--this.#users[dependency] === 1) this.#wakeLastUser(dependency)
      }
      const end = this.#dependentOffsets[task + 1]
      for (let e = this.#dependentOffsets[task]; e < end; e++) {
        const dependent = this.#dependents[e]
        if (--this.#missing[dependent] === 0 && this.#letsGo(dependent)) eager.push(dependent)
      }
    }
  }

  #wakeLastUser(dependency: number): void {
    const end = this.#dependentOffsets[dependency + 1]
    for (let e = this.#dependentOffsets[dependency]; e < end; e++) {
      const dependent = this.#dependents[e]
      if (this.#placed[dependent] !== 0) continue
      if (this.#missing[dependent] === 0) this.#eager.push(dependent)
      return
    }
  }

  /** Is it the last user of some value? */
  #letsGo(task: number): boolean {
    for (let e = this.#offsets[task]; e < this.#offsets[task + 1]; e++) {
      const dependency = this.#dependencies[e]
      if (dependency >= 0 && this.#users[dependency] === 1) return true
    }
    return false
  }

  /** Results first that are quickly made: they are let go of, or told, while others are still far. */
  #sinks(): Uint32Array {
    let sinks = 0
    for (let task = 0; task < this.#count; task++) if (this.#users[task] === 0) sinks++
    const found = new Uint32Array(sinks)
    sinks = 0
    let sorted = true
    for (let task = 0; task < this.#count; task++) {
      if (this.#users[task] !== 0) continue
      if (sinks > 0 && this.#room[found[sinks - 1]] > this.#room[task]) sorted = false
      found[sinks++] = task
    }
    return sorted ? found : found.sort((one, other) => this.#room[one] - this.#room[other] || one - other)
  }

  /**
   * The registers that a tree would need, after Sethi and Ullman: making the most demanding dependency first, each
   * further one is made while those before it are held. For graphs that are no trees it is an estimate.
   */
  #measureRoom(): Uint32Array {
    const room = new Uint32Array(this.#count)
    const rooms: number[] = []
    for (let task = 0; task < this.#count; task++) {
      rooms.length = 0
      let alike = true
      for (let e = this.#offsets[task]; e < this.#offsets[task + 1]; e++) {
        const dependency = this.#dependencies[e]
        if (dependency < 0) continue
        if (rooms.length > 0 && room[dependency] !== rooms[0]) alike = false
        rooms.push(room[dependency])
      }
      if (rooms.length === 0) {
        room[task] = 1
        continue
      }
      if (alike) {
        room[task] = rooms[0] + rooms.length - 1
        continue
      }
      rooms.sort((one, other) => other - one)
      let most = rooms.length
      for (let i = 0; i < rooms.length; i++) if (rooms[i] + i > most) most = rooms[i] + i
      room[task] = most
    }
    return room
  }

  /** Each task's dependencies, the most demanding first; equal ones stay as they came. */
  #bigStepsFirst(): Int32Array {
    const sorted = this.#dependencies.slice()
    const room = this.#room
    for (let task = 0; task < this.#count; task++) {
      const from = this.#offsets[task]
      const to = this.#offsets[task + 1]
      let ordered = true
      for (let e = from + 1; e < to && ordered; e++)
        ordered = sorted[e] < 0 || sorted[e - 1] < 0 || room[sorted[e - 1]] >= room[sorted[e]]
      if (ordered) continue
      const own = sorted.subarray(from, to)
      own.sort((one, other) => (room[other] ?? 0) - (room[one] ?? 0))
    }
    return sorted
  }
}
