// The element-wise functions that calculate, each with its source.

import { wrap } from './casting.ts'
import { type DType, dtypeOf, INT8, TIME_UNITS } from './dtype.ts'
import {
  alike,
  alikeNumbers,
  define,
  dividing,
  type EmitComplex,
  type EmitReal,
  floating,
  integers,
  numbersOnly,
  promoteAll,
  type Resolve,
  realFloating,
  refuse,
  toReal,
} from './ufunc.ts'

const operator =
  (sign: string): EmitReal =>
  (t, a, b) =>
    t.unit
      ? `(${a} === NAT || ${b} === NAT ? NAT : BigInt.asIntN(64, ${a} ${sign} ${b}))`
      : wrap(t, `${a} ${sign} ${b}`)

const parts = (t: DType, re: string, im: string): [string, string] => [wrap(t, re), wrap(t, im)]
/** A complex function of `scalarMath.ts`. */
const helper =
  (name: string): EmitComplex =>
  (t, ...args) =>
    parts(t, `H.${name}(${args.flat().join(', ')})`, 'H.im')

/** Times with times and with spans of time: their units become one. */
const timesOr =
  (otherwise: Resolve): Resolve =>
  (name, dtypes) => {
    const [a, b] = dtypes
    if (!a.unit && !b.unit) return otherwise(name, dtypes)
    const unit =
      TIME_UNITS[Math.max(...dtypes.map((each) => (each.unit ? TIME_UNITS.indexOf(each.unit) : 0)))]
    const span = dtypeOf(`timedelta64[${unit}]`)
    const time = dtypeOf(`datetime64[${unit}]`)
    const kinds = `${a.kind}${b.kind}`
    if (kinds === 'mm') return { inputs: [span, span], output: span }
    if (kinds === 'Mm') return { inputs: [time, span], output: time }
    if (kinds === 'mM' && name === 'add') return { inputs: [span, time], output: time }
    if (kinds === 'MM' && name === 'subtract') return { inputs: [time, time], output: span }
    if (/^[Mm][iu]$/.test(kinds))
      return { inputs: [a.kind === 'M' ? time : span, span], output: a.kind === 'M' ? time : span }
    return refuse(name, dtypes)
  }

define('add', 2, timesOr(alike), {
  real: operator('+'),
  complex: (t, a, b) => parts(t, `${a[0]} + ${b[0]}`, `${a[1]} + ${b[1]}`),
})
define('subtract', 2, timesOr(numbersOnly('use logicalXor, or cast to int8')), {
  real: operator('-'),
  complex: (t, a, b) => parts(t, `${a[0]} - ${b[0]}`, `${a[1]} - ${b[1]}`),
})
const scaling: Resolve = (name, dtypes) => {
  const spans = dtypes.filter((each) => each.kind === 'm')
  if (spans.length !== 1 || !dtypes.some((each) => 'iu'.includes(each.kind))) return alike(name, dtypes)
  return { inputs: dtypes.map(() => spans[0]), output: spans[0] }
}
define('multiply', 2, scaling, {
  real: (t, a, b) =>
    t.name === 'int32' || t.name === 'uint32' ? wrap(t, `Math.imul(${a}, ${b})`) : operator('*')(t, a, b),
  complex: (t, a, b) =>
    parts(t, `${a[0]} * ${b[0]} - ${a[1]} * ${b[1]}`, `${a[0]} * ${b[1]} + ${a[1]} * ${b[0]}`),
})
define('divide', 2, dividing, { real: (t, a, b) => wrap(t, `${a} / ${b}`), complex: helper('complexDivide') })
const ofIntegers = (name: string): EmitReal => {
  return (t, a, b) => wrap(t, `H.${name}${t.kind === 'f' ? '' : t.big ? 'Big' : 'Int'}(${a}, ${b})`)
}
define('floorDivide', 2, alikeNumbers(INT8), { real: ofIntegers('floorDivide') })
define('remainder', 2, alikeNumbers(INT8), { real: ofIntegers('remainder') })
define('fmod', 2, alikeNumbers(INT8), {
  real: (t, a, b) => (t.kind === 'f' ? wrap(t, `${a} % ${b}`) : ofIntegers('fmod')(t, a, b)),
})
define('power', 2, alikeNumbers(INT8), { real: ofIntegers('power'), complex: helper('complexPower') })
define('floatPower', 2, dividing, {
  real: (t, a, b) => wrap(t, `H.power(${a}, ${b})`),
  complex: helper('complexPower'),
})
define('arctan2', 2, realFloating, { real: (t, a, b) => wrap(t, `Math.atan2(${a}, ${b})`) })
define('hypot', 2, realFloating, { real: (t, a, b) => wrap(t, `Math.hypot(${a}, ${b})`) })
define('copysign', 2, realFloating, { real: (t, a, b) => wrap(t, `H.copySign(${a}, ${b})`) })
define('logaddexp', 2, realFloating, { real: (t, a, b) => wrap(t, `H.logAddExp(${a}, ${b})`) })
define('heaviside', 2, realFloating, { real: (t, a, b) => wrap(t, `H.heaviside(${a}, ${b})`) })
define('gcd', 2, integers, { real: (t, a, b) => wrap(t, `H.gcd${t.big ? 'Big' : ''}(${a}, ${b})`) })

// Greater and lesser: NaN wins in `maximum` and `minimum`, and loses in `fmax` and `fmin`.
const choose =
  (sign: '>=' | '<=', nanWins: boolean): EmitReal =>
  (t, a, b) => {
    if (t.unit) {
      const missing = nanWins
        ? `${a} === NAT || ${b} === NAT ? NAT`
        : `${a} === NAT ? ${b} : ${b} === NAT ? ${a}`
      return `(${missing} : ${a} ${sign} ${b} ? ${a} : ${b})`
    }
    if (t.kind !== 'f') return `(${a} ${sign} ${b} ? ${a} : ${b})`
    return `(${a} ${sign} ${b} || ${nanWins ? a : b} !== ${nanWins ? a : b} ? ${a} : ${b})`
  }
const chooseComplex =
  (sign: '>' | '<', nanWins: boolean): EmitComplex =>
  (_t, a, b) => {
    const nan = nanWins ? a : b
    const first = `((${a[0]} ${sign} ${b[0]} && ${a[1]} === ${a[1]} && ${b[1]} === ${b[1]}) || (${a[0]} === ${b[0]} && ${a[1]} ${sign}= ${b[1]}) || ${nan[0]} !== ${nan[0]} || ${nan[1]} !== ${nan[1]})`
    return [`${first} ? ${a[0]} : ${b[0]}`, `${first} ? ${a[1]} : ${b[1]}`]
  }
define('maximum', 2, alike, { real: choose('>=', true), complex: chooseComplex('>', true) })
define('minimum', 2, alike, { real: choose('<=', true), complex: chooseComplex('<', true) })
define('fmax', 2, alike, { real: choose('>=', false), complex: chooseComplex('>', false) })
define('fmin', 2, alike, { real: choose('<=', false), complex: chooseComplex('<', false) })

// Bits.
define('bitwiseAnd', 2, integers, { real: (t, a, b) => wrap(t, `${a} & ${b}`) })
define('bitwiseOr', 2, integers, { real: (t, a, b) => wrap(t, `${a} | ${b}`) })
define('bitwiseXor', 2, integers, { real: (t, a, b) => wrap(t, `${a} ^ ${b}`) })
define('invert', 1, integers, { real: (t, a) => (t.kind === 'b' ? `${a} ? 0 : 1` : wrap(t, `~${a}`)) })
const shifts: Resolve = (name, dtypes) => {
  const resolved = integers(name, dtypes)
  return resolved.output.kind === 'b' ? { inputs: dtypes.map(() => INT8), output: INT8 } : resolved
}
define('leftShift', 2, shifts, {
  real: (t, a, b) => wrap(t, `H.shiftLeft${t.big ? 'Big' : ''}(${a}, ${b})`),
})
define('rightShift', 2, shifts, {
  real: (t, a, b) => wrap(t, `H.shiftRight${t.big ? 'Big' : t.name === 'uint32' ? 'U' : ''}(${a}, ${b})`),
})

// One argument.
define('positive', 1, numbersOnly('it is for numbers'), { real: (_t, a) => a, complex: (_t, a) => a })
define('negative', 1, spansOr(numbersOnly('use logicalNot')), {
  real: (t, a) => (t.unit ? `(${a} === NAT ? NAT : -${a})` : wrap(t, `-${a}`)),
  complex: (_t, a) => [`-${a[0]}`, `-${a[1]}`],
})
define('absolute', 1, spansOr(toReal), {
  real: (t, a) => {
    if (t.kind === 'f') return `Math.abs(${a})`
    if (t.unit) return `(${a} < 0n && ${a} !== NAT ? -${a} : ${a})`
    return t.kind === 'i' ? wrap(t, `${a} < 0 ? -${a} : ${a}`) : a
  },
  complex: (t, a) => wrap(t, `Math.hypot(${a[0]}, ${a[1]})`),
})
define('sign', 1, spansOr(numbersOnly('it is for numbers')), {
  real: (t, a) => (t.kind === 'f' ? `H.sign(${a})` : `(${a} > 0 ? 1 : ${a} < 0 ? -1 : 0)`),
  big: (t, a) =>
    t.unit
      ? `(${a} === NAT ? NAT : ${a} > 0n ? 1n : ${a} < 0n ? -1n : 0n)`
      : `(${a} > 0n ? 1n : ${a} < 0n ? -1n : 0n)`,
  complex: (_t, a) => [
    `${a[0]} !== ${a[0]} || ${a[1]} !== ${a[1]} ? NaN : ${a[0]} !== 0 ? H.sign(${a[0]}) : H.sign(${a[1]})`,
    '0',
  ],
})
define('square', 1, alikeNumbers(INT8), {
  real: (t, a) =>
    t.name === 'int32' || t.name === 'uint32' ? wrap(t, `Math.imul(${a}, ${a})`) : wrap(t, `${a} * ${a}`),
  complex: (t, a) =>
    parts(t, `${a[0]} * ${a[0]} - ${a[1]} * ${a[1]}`, `${a[0]} * ${a[1]} + ${a[1]} * ${a[0]}`),
})
define('reciprocal', 1, alikeNumbers(INT8), {
  real: (t, a) => (t.kind === 'f' ? wrap(t, `1 / ${a}`) : `(${a} === 1 ? 1 : ${a} === -1 ? -1 : 0)`),
  big: (_t, a) => `(${a} === 1n ? 1n : ${a} === -1n ? -1n : 0n)`,
  complex: (t, a) => parts(t, `H.complexDivide(1, 0, ${a[0]}, ${a[1]})`, 'H.im'),
})

/** Spans of time stay what they are. */
function spansOr(otherwise: Resolve): Resolve {
  return (name, dtypes) =>
    dtypes[0].kind === 'm' ? { inputs: dtypes, output: dtypes[0] } : otherwise(name, dtypes)
}

const math = (name: string, source: string, complex?: EmitComplex): void =>
  define(name, 1, complex ? floating : realFloating, {
    real: (t, a) =>
      wrap(
        t,
        source.replaceAll('$', () => a),
      ),
    ...(complex && { complex }),
  })
math('sqrt', 'Math.sqrt($)', helper('complexSqrt'))
math('cbrt', 'Math.cbrt($)')
math('exp', 'Math.exp($)', helper('complexExp'))
math('exp2', 'H.exp2($)')
math('expm1', 'Math.expm1($)')
math('log', 'Math.log($)', helper('complexLog'))
math('log2', 'Math.log2($)')
math('log10', 'Math.log10($)')
math('log1p', 'Math.log1p($)')
math('sin', 'Math.sin($)', helper('complexSin'))
math('cos', 'Math.cos($)', helper('complexCos'))
math('tan', 'Math.tan($)')
math('arcsin', 'Math.asin($)')
math('arccos', 'Math.acos($)')
math('arctan', 'Math.atan($)')
math('sinh', 'Math.sinh($)', helper('complexSinh'))
math('cosh', 'Math.cosh($)', helper('complexCosh'))
math('tanh', 'Math.tanh($)')
math('arcsinh', 'Math.asinh($)')
math('arccosh', 'Math.acosh($)')
math('arctanh', 'Math.atanh($)')
math('deg2rad', '$ * (Math.PI / 180)')
math('rad2deg', '$ * (180 / Math.PI)')

/** Integers are whole already. */
const rounding: Resolve = (name, dtypes) => {
  const dtype = promoteAll(dtypes)
  if (dtype.kind === 'c' || dtype.unit) refuse(name, dtypes)
  return dtype.kind === 'b' || dtype.kind === 'f' ? floating(name, dtypes) : { inputs: dtypes, output: dtype }
}
const rounder = (name: string, source: string): void =>
  define(name, 1, rounding, { real: (t, a) => (t.kind === 'f' ? source.replaceAll('$', () => a) : a) })
rounder('floor', 'Math.floor($)')
rounder('ceil', 'Math.ceil($)')
rounder('trunc', 'Math.trunc($)')
rounder('rint', 'H.rint($)')

// Complex numbers.
define('conj', 1, toSame, { real: (_t, a) => a, complex: (_t, a) => [a[0], `-${a[1]}`] })
define('real', 1, toReal, { real: (_t, a) => a, complex: (_t, a) => a[0] })
define('imag', 1, toReal, { real: (t) => (t.big ? '0n' : '0'), complex: (_t, a) => a[1] })
define('angle', 1, angles, {
  real: (t, a) => wrap(t, `${a} !== ${a} ? ${a} : H.signBit(${a}) ? Math.PI : 0`),
  complex: (t, a) => wrap(t, `Math.atan2(${a[1]}, ${a[0]})`),
})

function toSame(name: string, dtypes: readonly DType[]): ReturnType<Resolve> {
  return dtypes[0].unit ? refuse(name, dtypes) : { inputs: dtypes, output: dtypes[0] }
}

function angles(name: string, dtypes: readonly DType[]): ReturnType<Resolve> {
  if (dtypes[0].kind === 'c') return toReal(name, dtypes)
  return floating(name, dtypes)
}
