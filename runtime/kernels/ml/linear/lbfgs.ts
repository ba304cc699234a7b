// Limited-memory BFGS: minimises a smooth function from its values and gradients, which may come from a cluster.
//
// Nocedal and Wright, "Numerical optimization" (2nd edition), algorithms 7.4 and 7.5; the line search brackets a step that
// holds the strong Wolfe conditions (3.5, 3.6), and near the end, where values differ by rounding alone, goes by slopes
// (Hager and Zhang, 2005, "approximate Wolfe").

/** A function's value and gradient at a point. */
export interface Evaluated {
  value: number
  gradient: Float64Array
}

export interface MinimiseOptions {
  /** Ends once no component of the gradient is larger. */
  tolerance: number
  maxIterations: number
  /** Told after every iteration; `false` ends it there. */
  onIteration?: ((iteration: number, value: number, slope: number) => boolean | undefined) | undefined
}

/** Where a minimisation ended. */
export interface Minimised {
  point: Float64Array
  value: number
  iterations: number
  converged: boolean
}

const MEMORY = 10
const DECREASE = 1e-4
const CURVATURE = 0.9
const STEPS_MAX = 30

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}

const along = (from: Float64Array, step: number, direction: Float64Array): Float64Array =>
  from.map((own, i) => own + step * direction[i])

const largest = (gradient: Float64Array): number =>
  gradient.reduce((most, each) => Math.max(most, Math.abs(each)), 0)

/** Asks for values at points, and ends where they are least. */
type Asking<T> = Generator<Float64Array, T, Evaluated>

/**
 * Minimises several functions, each from its start: what is asked for at a time is asked for together.
 * @param evaluate the functions' values, of those by number that are still on their way
 */
export async function minimiseAll(
  evaluate: (functions: readonly number[], points: readonly Float64Array[]) => Promise<readonly Evaluated[]>,
  starts: readonly Float64Array[],
  options: readonly MinimiseOptions[],
): Promise<Minimised[]> {
  const askings = starts.map((start, i) => minimising(start, options[i]))
  const asked = askings.map((asking) => asking.next())
  for (;;) {
    const going = asked.flatMap(({ done }, i) => (done ? [] : [i]))
    if (going.length === 0) return asked.map(({ value }) => value as Minimised)
    const found = await evaluate(
      going,
      going.map((i) => asked[i].value as Float64Array),
    )
    going.forEach((i, at) => {
      asked[i] = askings[i].next(found[at])
    })
  }
}

/** Minimises a function whose values are here. */
export function minimiseHere(
  evaluate: (point: Float64Array) => Evaluated,
  start: Float64Array,
  options: MinimiseOptions,
): Minimised {
  const asking = minimising(start, options)
  let asked = asking.next()
  while (!asked.done) asked = asking.next(evaluate(asked.value))
  return asked.value
}

function* minimising(
  start: Float64Array,
  { tolerance, maxIterations, onIteration }: MinimiseOptions,
): Asking<Minimised> {
  let point = start
  let now = yield point
  const steps: { s: Float64Array; y: Float64Array; rho: number }[] = []
  let iterations = 0
  while (iterations < maxIterations && largest(now.gradient) > tolerance) {
    let direction = downhill(now.gradient, steps)
    if (!(dot(direction, now.gradient) < 0)) {
      steps.length = 0
      direction = now.gradient.map((each) => -each)
    }
    const first = steps.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(direction, direction))) : 1
    const found = yield* lineSearch(point, now, direction, first)
    if (!found) {
      if (steps.length === 0) break
      steps.length = 0 // What was remembered misled; once more along the gradient.
      continue
    }
    iterations++
    const s = found.point.map((own, i) => own - point[i])
    const y = found.gradient.map((own, i) => own - now.gradient[i])
    const curvature = dot(s, y)
    if (curvature > Number.EPSILON * dot(y, y)) {
      steps.push({ s, y, rho: 1 / curvature })
      if (steps.length > MEMORY) steps.shift()
    }
    point = found.point
    now = found
    if (onIteration?.(iterations, now.value, largest(now.gradient)) === false) break
  }
  return { point, value: now.value, iterations, converged: largest(now.gradient) <= tolerance }
}

/** The two-loop recursion. */
function downhill(
  gradient: Float64Array,
  steps: readonly { s: Float64Array; y: Float64Array; rho: number }[],
): Float64Array {
  let direction: Float64Array = gradient.map((each) => -each)
  const alphas: number[] = []
  for (let i = steps.length - 1; i >= 0; i--) {
    const { s, y, rho } = steps[i]
    alphas[i] = rho * dot(s, direction)
    direction = along(direction, -alphas[i], y)
  }
  const last = steps[steps.length - 1]
  if (last) {
    const scale = 1 / (last.rho * dot(last.y, last.y))
    direction = direction.map((each) => each * scale)
  }
  steps.forEach(({ s, y, rho }, i) => {
    direction = along(direction, alphas[i] - rho * dot(y, direction), s)
  })
  return direction
}

/** A step that goes down enough and ends where the slope is flat enough; nothing where there is none. */
function* lineSearch(
  from: Float64Array,
  before: Evaluated,
  direction: Float64Array,
  first: number,
): Asking<(Evaluated & { point: Float64Array }) | undefined> {
  const slope = dot(before.gradient, direction)
  const rounding = 1e-14 * Math.abs(before.value)
  let low = 0
  let high = Number.POSITIVE_INFINITY
  let step = first
  for (let tried = 0; tried < STEPS_MAX; tried++) {
    const point = along(from, step, direction)
    const there = { ...(yield point), point }
    const ownSlope = dot(there.gradient, direction)
    const lower = there.value <= before.value + DECREASE * step * slope
    const levelButFlatter = there.value <= before.value + rounding && ownSlope <= (2 * DECREASE - 1) * slope
    if (!Number.isFinite(there.value) || !(lower || levelButFlatter)) high = step
    else if (ownSlope < CURVATURE * slope) low = step
    else if (ownSlope > -CURVATURE * slope) high = step
    else return there
    step = high === Number.POSITIVE_INFINITY ? 4 * step : (low + high) / 2
    if (high - low < 1e-16 * first) return undefined
  }
  return undefined
}
