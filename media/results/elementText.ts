// Elements of an array as numbers to be drawn and as text: truth values by name, integers to the last digit, complex numbers by both parts. Pure.

/** What is drawn of complex numbers. */
export const COMPLEX_PARTS = {
  absolute: '|z|',
  real: 'real part',
  imaginary: 'imaginary part',
  phase: 'phase',
} as const
export type ComplexPart = keyof typeof COMPLEX_PARTS

/** Numbers as they came: the bytes may lie anywhere in a message. */
export function doublesOf(bytes: Uint8Array): Float64Array {
  const own = bytes.slice()
  return new Float64Array(own.buffer, 0, own.byteLength >> 3)
}

/** @param exact two numbers for each complex one; without them there are absolute values alone */
export function drawnNumbers(
  values: Uint8Array,
  exact: Uint8Array | undefined,
  part: ComplexPart,
): Float64Array {
  const numbers = doublesOf(values)
  if (!exact || part === 'absolute') return numbers
  const parts = doublesOf(exact)
  return numbers.map((_, i) => {
    const [real, imaginary] = [parts[2 * i], parts[2 * i + 1]]
    if (part === 'real') return real
    return part === 'imaginary' ? imaginary : Math.atan2(imaginary, real)
  })
}

/** Writes elements by their place among those that are here. */
export function elementTexts(
  dtype: string,
  values: Uint8Array,
  exact: Uint8Array | undefined,
): (index: number) => string {
  const numbers = doublesOf(values)
  if (dtype === 'bool') return (index) => (numbers[index] === 0 ? 'false' : 'true')
  if (exact && /^u?int64$/.test(dtype)) {
    const { buffer } = exact.slice()
    const whole = dtype === 'int64' ? new BigInt64Array(buffer) : new BigUint64Array(buffer)
    return (index) => String(whole[index])
  }
  if (exact && dtype.startsWith('complex')) {
    const parts = doublesOf(exact)
    return (index) => complexText(parts[2 * index], parts[2 * index + 1])
  }
  return (index) => String(numbers[index])
}

/** @example complexText(3, -4) // '3-4i' */
const complexText = (real: number, imaginary: number): string => {
  const isBelow = imaginary < 0 || Object.is(imaginary, -0)
  return `${real}${isBelow ? '-' : '+'}${Math.abs(imaginary)}i`
}

/**
 * A number in at most seven digits.
 * @example shortNumber(0.1 + 0.2) // '0.3'
 */
export const shortNumber = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(7))) : String(value)
