// How an element of one dtype becomes one of another, as JavaScript source: NumPy's casts on x86-64.

import { type DType, FLOAT64, realOf } from './dtype.ts'

/** Source of one element: a real one, or a complex one's two parts. */
export interface Code {
  re: string
  im?: string
}

/** An expression brought into the range of a dtype, as its hardware would wrap it. */
export function wrap(dtype: DType, expression: string): string {
  switch (dtype.name) {
    case 'bool':
      return `(${expression}) ? 1 : 0`
    case 'int8':
      return `(${expression}) << 24 >> 24`
    case 'int16':
      return `(${expression}) << 16 >> 16`
    case 'int32':
      return `(${expression}) | 0`
    case 'uint8':
      return `(${expression}) & 255`
    case 'uint16':
      return `(${expression}) & 65535`
    case 'uint32':
      return `(${expression}) >>> 0`
    case 'float32':
    case 'complex64':
      return `Math.fround(${expression})`
    case 'uint64':
      return `BigInt.asUintN(64, ${expression})`
    case 'float64':
    case 'complex128':
      return expression
  }
  return `BigInt.asIntN(64, ${expression})`
}

/** Ticks of a time in another unit: to a coarser one rounded down. */
function timeCast(from: DType, to: DType, code: string): string {
  const per = { D: 0, h: 24, m: 60, s: 60, ms: 1000, us: 1000, ns: 1000 }
  const units = Object.keys(per) as (keyof typeof per)[]
  const a = units.indexOf(from.unit!)
  const b = units.indexOf(to.unit!)
  if (a === b) return code
  let factor = 1n
  for (let i = Math.min(a, b) + 1; i <= Math.max(a, b); i++) factor *= BigInt(per[units[i]])
  const changed = a < b ? `BigInt.asIntN(64, ${code} * ${factor}n)` : `H.floorDivideBig(${code}, ${factor}n)`
  return `(${code} === NAT ? NAT : ${changed})`
}

/**
 * The source that casts an element. Floats that no integer of the dtype holds become what x86-64 makes of them.
 * @param code names of variables, so that they may stand several times
 */
export function castCode(from: DType, to: DType, code: Code): Code {
  if (from === to) return code
  if (to.kind === 'c') {
    const part = realOf(to)
    if (from.kind === 'c') {
      const halve = (text: string): string => (part.bytes === 4 ? `Math.fround(${text})` : text)
      return { re: halve(code.re), im: halve(code.im!) }
    }
    return { re: castCode(from, part, code).re, im: '0' }
  }
  if (from.kind === 'c') {
    if (to.kind === 'b') return { re: `(${code.re} !== 0 || ${code.im} !== 0) ? 1 : 0` }
    return castCode(realOf(from), to, { re: code.re })
  }
  return { re: realCast(from, to, code.re) }
}

function realCast(from: DType, to: DType, x: string): string {
  if (from.unit && to.unit) return timeCast(from, to, x)
  if (to.kind === 'b') return from.big ? `${x} !== 0n ? 1 : 0` : `${x} !== 0 ? 1 : 0`
  if (to.kind === 'f') {
    const number = from.big ? (from.unit ? `(${x} === NAT ? NaN : Number(${x}))` : `Number(${x})`) : x
    return to === FLOAT64 ? number : `Math.fround(${number})`
  }
  if (from.kind === 'f') {
    if (to.big) return to.name === 'uint64' ? `H.floatToU64(${x})` : `H.floatToI64(${x})`
    if (to.name === 'uint32') return `H.floatToU32(${x})`
    const wide = `H.floatToI32(${x})`
    return to.name === 'int32' ? wide : wrap(to, wide)
  }
  if (to.big) return from.big ? wrap(to, x) : wrap(to, `BigInt(${x})`)
  if (from.big) return wrap(to, `Number(BigInt.asIntN(32, ${x}))`)
  return from.bytes < to.bytes && (from.kind !== 'i' || to.kind === 'i') ? x : wrap(to, x)
}
