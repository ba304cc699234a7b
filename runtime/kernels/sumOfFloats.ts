// Sums of floats that stand one behind the other.

/**
 * In four sums, which a processor adds side by side: no addition waits for the one before.
 * @param from the first place; `to` is behind the last
 */
export function sumOfFloats(values: Float64Array, from: number, to: number): number {
  let [a, b, c, d] = [0, 0, 0, 0]
  const whole = to - ((to - from) & 3)
  for (let i = from; i < whole; i += 4) {
    a += values[i]
    b += values[i + 1]
    c += values[i + 2]
    d += values[i + 3]
  }
  for (let i = whole; i < to; i++) a += values[i]
  return a + b + (c + d)
}
