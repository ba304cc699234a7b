// The static order of a graph's tasks: depth first, so that values are used soon after they are made.

/**
 * Orders tasks so that a serial run would hold few values at a time.
 * @param count number of tasks
 * @param offsets `dependencies[offsets[i] … offsets[i + 1]]` are those of task i; length `count + 1`
 * @param dependencies indices of earlier tasks; negative entries stand for data that is there already and are skipped
 * @returns the tasks in the order in which they should run; dependencies always come before dependents
 * @example order(3, Uint32Array.of(0, 0, 0, 2), Int32Array.of(0, 1)) // [0, 1, 2]
 */
export function order(count: number, offsets: Uint32Array, dependencies: Int32Array): Uint32Array {
  const result = new Uint32Array(count)
  const hasDependent = new Uint8Array(count)
  for (const dependency of dependencies) if (dependency >= 0) hasDependent[dependency] = 1
  const seen = new Uint8Array(count)
  const cursor = offsets.slice(0, count)
  const stack = new Uint32Array(count)
  let placed = 0
  for (let sink = 0; sink < count; sink++) {
    if (hasDependent[sink] !== 0) continue
    let depth = 0
    stack[depth++] = sink
    seen[sink] = 1
    while (depth > 0) {
      const task = stack[depth - 1]
      let descended = false
      while (cursor[task] < offsets[task + 1]) {
        const dependency = dependencies[cursor[task]++]
        if (dependency < 0 || seen[dependency] !== 0) continue
        seen[dependency] = 1
        stack[depth++] = dependency
        descended = true
        break
      }
      if (descended) continue
      result[placed++] = task
      depth--
    }
  }
  return result
}
