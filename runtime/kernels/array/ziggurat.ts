// Normal and exponential values from 64 random bits each, by Marsaglia and Tsang's ziggurat (2000) with 256 layers.
//
// A value that the first bits do not decide takes further ones from a generator that those bits seed: so it depends on
// nothing but them.

const LAYERS = 256
const NORMAL_EDGE = 3.654152885361009
const NORMAL_AREA = 0.00492867323399
const EXPONENTIAL_EDGE = 7.697117470131049
const EXPONENTIAL_AREA = 0.003949659822581557

interface Tables {
  x: Float64Array
  y: Float64Array
}

function tables(
  edge: number,
  area: number,
  f: (x: number) => number,
  inverse: (y: number) => number,
): Tables {
  const x = new Float64Array(LAYERS + 1)
  const y = new Float64Array(LAYERS + 1)
  x[0] = area / f(edge)
  x[1] = edge
  for (let i = 2; i < LAYERS; i++) x[i] = inverse(area / x[i - 1] + f(x[i - 1]))
  x[LAYERS] = 0
  for (let i = 0; i <= LAYERS; i++) y[i] = f(x[i])
  return { x, y }
}

const normal = tables(
  NORMAL_EDGE,
  NORMAL_AREA,
  (x) => Math.exp(-0.5 * x * x),
  (y) => Math.sqrt(-2 * Math.log(y)),
)
const exponential = tables(
  EXPONENTIAL_EDGE,
  EXPONENTIAL_AREA,
  (x) => Math.exp(-x),
  (y) => -Math.log(y),
)

/** Further random numbers in (0, 1), from what the first bits were. */
let stateA = 0
let stateB = 0
function reseed(low: number, high: number): void {
  stateA = low ^ 0x9e3779b9
  stateB = high ^ 0x85ebca6b
}
function next32(): number {
  // Two rounds of a 32-bit mixer over a counter of 64 bits.
  stateA = (stateA + 0x9e3779b9) | 0
  let h = stateA ^ Math.imul(stateB, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad)
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97)
  h ^= h >>> 15
  stateB = (stateB ^ h) + 0x6d2b79f5
  return h >>> 0
}
const nextUniform = (): number => ((next32() >>> 5) * 67108864 + (next32() >>> 6) + 0.5) * 2 ** -53

/** A standard normal value. */
export function normalOf(low: number, high: number): number {
  const layer = low & 255
  // 53 bits: 32 above, 21 of the lower word that neither the layer nor the sign took.
  const u = (high * 2097152 + (low >>> 11)) * 2 ** -53
  const x = u * normal.x[layer]
  const signed = low & 256 ? -x : x
  return x < normal.x[layer + 1] ? signed : slowNormal(low, high, layer, x)
}

function slowNormal(low: number, high: number, firstLayer: number, firstX: number): number {
  reseed(low, high)
  let layer = firstLayer
  let x = firstX
  let negative = (low & 256) !== 0
  while (true) {
    if (x < normal.x[layer + 1]) break
    if (layer === 0) {
      let tail: number
      do tail = -Math.log(nextUniform()) / NORMAL_EDGE
      while (-2 * Math.log(nextUniform()) < tail * tail)
      x = NORMAL_EDGE + tail
      break
    }
    const y = normal.y[layer] + nextUniform() * (normal.y[layer + 1] - normal.y[layer])
    if (y < Math.exp(-0.5 * x * x)) break
    const bits = next32()
    layer = bits & 255
    negative = (bits & 256) !== 0
    x = nextUniform() * normal.x[layer]
  }
  return negative ? -x : x
}

/** An exponential value of mean 1. */
export function exponentialOf(low: number, high: number): number {
  let layer = low & 255
  let x = (high * 2097152 + (low >>> 11)) * 2 ** -53 * exponential.x[layer]
  if (x < exponential.x[layer + 1]) return x
  reseed(low, high)
  while (true) {
    if (layer === 0) return EXPONENTIAL_EDGE - Math.log(nextUniform())
    const y = exponential.y[layer] + nextUniform() * (exponential.y[layer + 1] - exponential.y[layer])
    if (y < Math.exp(-x)) return x
    layer = next32() & 255
    x = nextUniform() * exponential.x[layer]
    if (x < exponential.x[layer + 1]) return x
  }
}
