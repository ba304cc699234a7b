// Functions of single elements that the generated loops call: what JavaScript's own operators do otherwise than NumPy.

const TWO_31 = 2 ** 31
const I64_MIN = -(2n ** 63n)

/** The imaginary part of what a complex function gave last; the real part is its value. */
let im = 0

/** Half of a result goes here, so that a complex function makes no object. */
function pair(real: number, imaginary: number): number {
  im = imaginary
  return real
}

export const H = {
  get im(): number {
    return im
  },

  floatToI32: (x: number): number => (x > -TWO_31 - 1 && x < TWO_31 ? x | 0 : -TWO_31),
  floatToU32: (x: number): number => (x > -(2 ** 63) && x < 2 ** 63 ? Math.trunc(x) >>> 0 : 0),
  floatToI64: (x: number): bigint => (x >= -(2 ** 63) && x < 2 ** 63 ? BigInt(Math.trunc(x)) : I64_MIN),
  floatToU64: (x: number): bigint =>
    x > -(2 ** 63) && x < 2 ** 64 ? BigInt.asUintN(64, BigInt(Math.trunc(x))) : 2n ** 63n,

  /** Half to even, the sign of zero kept. */
  rint(x: number): number {
    if (!(Math.abs(x) < 4503599627370496)) return x
    const rounded = x >= 0 ? x + 4503599627370496 - 4503599627370496 : x - 4503599627370496 + 4503599627370496
    return rounded === 0 ? x * 0 : rounded
  },

  floorDivide(a: number, b: number): number {
    if (b === 0) return a / b
    let rest = a % b
    let quotient = (a - rest) / b
    if (rest !== 0) {
      if (b < 0 !== rest < 0) {
        rest += b
        quotient -= 1
      }
    }
    if (quotient === 0) return Object.is(a / b, -0) || a / b < 0 ? -0 : 0
    const floor = Math.floor(quotient)
    return quotient - floor > 0.5 ? floor + 1 : floor
  },
  remainder(a: number, b: number): number {
    const rest = a % b
    if (b === 0) return rest
    if (rest !== 0) return b < 0 !== rest < 0 ? rest + b : rest
    return rest === 0 ? (b < 0 || Object.is(b, -0) ? -0 : 0) : rest
  },
  floorDivideInt: (a: number, b: number): number => (b === 0 ? 0 : Math.floor(a / b)),
  remainderInt(a: number, b: number): number {
    if (b === 0) return 0
    const rest = a % b
    return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest
  },
  floorDivideBig(a: bigint, b: bigint): bigint {
    if (b === 0n) return 0n
    const quotient = a / b
    return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient
  },
  remainderBig(a: bigint, b: bigint): bigint {
    if (b === 0n) return 0n
    const rest = a % b
    return rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest
  },
  fmodBig: (a: bigint, b: bigint): bigint => (b === 0n ? 0n : a % b),
  fmodInt: (a: number, b: number): number => (b === 0 ? 0 : a % b),

  powerInt(a: number, b: number): number {
    if (b < 0)
      throw new RangeError('integers to negative integer powers are not allowed: cast to a float first')
    let result = 1
    let base = a | 0
    for (let left = b >>> 0; left > 0; left >>>= 1) {
      if (left & 1) result = Math.imul(result, base)
      base = Math.imul(base, base)
    }
    return result
  },
  powerBig(a: bigint, b: bigint): bigint {
    if (b < 0n)
      throw new RangeError('integers to negative integer powers are not allowed: cast to a float first')
    let result = 1n
    let base = BigInt.asIntN(64, a)
    for (let left = b; left > 0n; left >>= 1n) {
      if (left & 1n) result = BigInt.asIntN(64, result * base)
      base = BigInt.asIntN(64, base * base)
    }
    return result
  },
  /** As C has it: 1 to any power is 1, and −1 to an infinite one too. */
  power: (a: number, b: number): number =>
    a === 1 || b === 0 || (a === -1 && (b === Infinity || b === -Infinity)) ? 1 : a ** b,
  exp2: (x: number): number => 2 ** x,
  copySign: (x: number, y: number): number => (signBit(x) === signBit(y) ? x : -x),
  signBit: (x: number): boolean => signBit(x),
  sign: (x: number): number => (x > 0 ? 1 : x < 0 ? -1 : x === 0 ? 0 : Number.NaN),
  logAddExp(a: number, b: number): number {
    if (a === b) return a + Math.LN2
    const d = a - b
    if (d > 0) return a + Math.log1p(Math.exp(-d))
    return d <= 0 ? b + Math.log1p(Math.exp(d)) : d
  },
  heaviside: (a: number, b: number): number => (Number.isNaN(a) ? a : a === 0 ? b : a < 0 ? 0 : 1),
  shiftLeft: (a: number, b: number): number => (b >= 0 && b < 32 ? a << b : 0),
  shiftRight: (a: number, b: number): number => (b >= 0 && b < 32 ? a >> b : a < 0 ? -1 : 0),
  shiftRightU: (a: number, b: number): number => (b >= 0 && b < 32 ? a >>> b : 0),
  shiftLeftBig: (a: bigint, b: bigint): bigint => (b >= 0n && b < 64n ? a << b : 0n),
  shiftRightBig: (a: bigint, b: bigint): bigint => (b >= 0n && b < 64n ? a >> b : a < 0n ? -1n : 0n),
  gcd(a: number, b: number): number {
    let x = Math.abs(a)
    let y = Math.abs(b)
    while (y !== 0) [x, y] = [y, x % y]
    return x
  },
  gcdBig(a: bigint, b: bigint): bigint {
    let x = a < 0n ? -a : a
    let y = b < 0n ? -b : b
    while (y !== 0n) [x, y] = [y, x % y]
    return x
  },
  nextAfter(x: number, y: number): number {
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN
    if (x === y) return y
    if (x === 0) return y > 0 ? Number.MIN_VALUE : -Number.MIN_VALUE
    bits.setFloat64(0, x)
    bits.setBigInt64(0, bits.getBigInt64(0) + (y > x === x > 0 ? 1n : -1n))
    return bits.getFloat64(0)
  },

  // Complex functions give the real part, and leave the imaginary one in `H.im`.
  complexDivide(a: number, ai: number, b: number, bi: number): number {
    if (Math.abs(b) >= Math.abs(bi)) {
      if (b === 0 && bi === 0) return pair(a / Math.abs(b), ai / Math.abs(b))
      const ratio = bi / b
      const scale = 1 / (b + bi * ratio)
      return pair((a + ai * ratio) * scale, (ai - a * ratio) * scale)
    }
    const ratio = b / bi
    const scale = 1 / (bi + b * ratio)
    return pair((a * ratio + ai) * scale, (ai * ratio - a) * scale)
  },
  complexExp(a: number, ai: number): number {
    const size = Math.exp(a)
    return ai === 0 ? pair(size, ai) : pair(size * Math.cos(ai), size * Math.sin(ai))
  },
  complexLog: (a: number, ai: number): number => pair(Math.log(Math.hypot(a, ai)), Math.atan2(ai, a)),
  complexSqrt(a: number, ai: number): number {
    if (a === 0 && ai === 0) return pair(0, ai)
    const size = Math.hypot(a, ai)
    if (a >= 0) {
      const root = Math.sqrt((a + size) / 2)
      return pair(root, ai / (2 * root))
    }
    const root = Math.sqrt((size - a) / 2)
    return pair(Math.abs(ai) / (2 * root), signBit(ai) ? -root : root)
  },
  complexPower(a: number, ai: number, b: number, bi: number): number {
    if (b === 0 && bi === 0) return pair(1, 0)
    if (a === 0 && ai === 0) return b > 0 && bi === 0 ? pair(0, 0) : pair(Number.NaN, Number.NaN)
    if (bi === 0 && Number.isInteger(b) && Math.abs(b) < 100) return complexInteger(a, ai, b)
    const log = Math.log(Math.hypot(a, ai))
    const angle = Math.atan2(ai, a)
    const size = Math.exp(b * log - bi * angle)
    const turn = bi * log + b * angle
    return pair(size * Math.cos(turn), size * Math.sin(turn))
  },
  complexSin: (a: number, ai: number): number =>
    pair(Math.sin(a) * Math.cosh(ai), Math.cos(a) * Math.sinh(ai)),
  complexCos: (a: number, ai: number): number =>
    pair(Math.cos(a) * Math.cosh(ai), -Math.sin(a) * Math.sinh(ai)),
  complexSinh: (a: number, ai: number): number =>
    pair(Math.sinh(a) * Math.cos(ai), Math.cosh(a) * Math.sin(ai)),
  complexCosh: (a: number, ai: number): number =>
    pair(Math.cosh(a) * Math.cos(ai), Math.sinh(a) * Math.sin(ai)),
}

/** A complex number to a whole power, by squaring. */
function complexInteger(a: number, ai: number, power: number): number {
  let [re, imaginary] = [1, 0]
  let [base, baseIm] = [a, ai]
  for (let left = Math.abs(power); left > 0; left >>= 1) {
    if (left & 1) [re, imaginary] = [re * base - imaginary * baseIm, re * baseIm + imaginary * base]
    ;[base, baseIm] = [base * base - baseIm * baseIm, 2 * base * baseIm]
  }
  return power >= 0 ? pair(re, imaginary) : H.complexDivide(1, 0, re, imaginary)
}

const signBit = (x: number): boolean => x < 0 || Object.is(x, -0) || (Number.isNaN(x) && nanSign(x))
const bits = new DataView(new ArrayBuffer(8))
function nanSign(x: number): boolean {
  bits.setFloat64(0, x)
  return bits.getUint8(0) > 127
}
