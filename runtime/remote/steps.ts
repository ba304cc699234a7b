// How far something has come, told a dozen times however often it moves. Pure.

const STEPS = 12

/**
 * @param total nothing is told where it is not known
 * @returns takes how much is done so far
 */
export function inSteps(total: number, tell: (done: number, total: number) => void): (done: number) => void {
  let told = 0
  return (done) => {
    const step = Math.floor((done / total) * STEPS)
    if (step > told) tell(done, total)
    // What is not a number is no larger than any.
    told = Math.max(told, step || 0)
  }
}
