// The element-wise functions that compare, ask and choose, each with its source.

import { BOOL } from './dtype.ts'
import { asking, comparing, define, logical, promoteAll, realFloating, refuse, register } from './ufunc.ts'

const ordering = (name: string, sign: string): void =>
  define(name, 2, comparing, {
    real: (t, a, b) =>
      t.unit ? `${a} !== NAT && ${b} !== NAT && ${a} ${sign} ${b} ? 1 : 0` : `${a} ${sign} ${b} ? 1 : 0`,
    // Complex numbers: by real parts, and by imaginary ones where those are equal.
    complex: (_t, a, b) =>
      `${a[0]} ${sign[0]} ${b[0]} && ${a[1]} === ${a[1]} && ${b[1]} === ${b[1]} || ${a[0]} === ${b[0]} && ${a[1]} ${sign} ${b[1]} ? 1 : 0`,
  })
ordering('less', '<')
ordering('lessEqual', '<=')
ordering('greater', '>')
ordering('greaterEqual', '>=')
define('equal', 2, comparing, {
  real: (t, a, b) => (t.unit ? `${a} !== NAT && ${a} === ${b} ? 1 : 0` : `${a} === ${b} ? 1 : 0`),
  complex: (_t, a, b) => `${a[0]} === ${b[0]} && ${a[1]} === ${b[1]} ? 1 : 0`,
})
define('notEqual', 2, comparing, {
  real: (t, a, b) => (t.unit ? `${a} === NAT || ${a} !== ${b} ? 1 : 0` : `${a} !== ${b} ? 1 : 0`),
  complex: (_t, a, b) => `${a[0]} !== ${b[0]} || ${a[1]} !== ${b[1]} ? 1 : 0`,
})

define('logicalAnd', 2, logical, { real: (_t, a, b) => `${a} & ${b}` })
define('logicalOr', 2, logical, { real: (_t, a, b) => `${a} | ${b}` })
define('logicalXor', 2, logical, { real: (_t, a, b) => `${a} ^ ${b}` })
define('logicalNot', 1, logical, { real: (_t, a) => `${a} ^ 1` })

const question = (
  name: string,
  ofFloat: (x: string) => string,
  ofTime: (x: string) => string,
  otherwise: string,
  join: '||' | '&&',
): void =>
  define(name, 1, asking, {
    real: (t, a) => (t.kind === 'f' ? `${ofFloat(a)} ? 1 : 0` : t.unit ? ofTime(a) : otherwise),
    complex: (_t, a) => `${ofFloat(a[0])} ${join} ${ofFloat(a[1])} ? 1 : 0`,
  })
const isInfinite = (x: string): string => `(${x} === Infinity || ${x} === -Infinity)`
const isTime = (x: string): string => `${x} === NAT ? 1 : 0`
question('isnan', (x) => `(${x} !== ${x})`, isTime, '0', '||')
question('isinf', isInfinite, () => '0', '0', '||')
question(
  'isfinite',
  (x) => `(${x} - ${x} === 0)`,
  (x) => `${x} !== NAT ? 1 : 0`,
  '1',
  '&&',
)
define('isnat', 1, asking, {
  real: (t, a) => (t.unit ? isTime(a) : refuse('isnat', [t], 'only times can be "not a time"')),
})
define('signbit', 1, (name, dtypes) => ({ inputs: realFloating(name, dtypes).inputs, output: BOOL }), {
  real: (_t, a) => `H.signBit(${a}) ? 1 : 0`,
})

/** Chooses among two by a bool. */
register({
  name: 'where',
  arity: 3,
  resolve: (dtypes) => {
    const output = promoteAll(dtypes.slice(1))
    return { inputs: [BOOL, output, output], output }
  },
  emit: (_dtypes, [mask, a, b], output) => {
    const re = `${mask.re} ? ${a.re} : ${b.re}`
    return output.kind === 'c' ? { re, im: `${mask.re} ? ${a.im} : ${b.im}` } : { re }
  },
})
