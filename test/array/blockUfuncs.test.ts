// Element-wise functions of blocks against NumPy: random dtypes, shapes, strides, broadcasting and edge values.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DTypeName } from '../../runtime/kernels/array/dtype.ts'
import type { NdArray } from '../../runtime/kernels/array/ndArray.ts'
import {
  assertSame,
  broadcastMate,
  pick,
  randomArray,
  randomFrom,
  randomShape,
  type Tolerance,
  upTo,
} from './kit/arrays.ts'
import { Numpy } from './kit/numpy.ts'

const numpy = new Numpy()

const INTEGERS: DTypeName[] = ['int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64']
const FLOATS: DTypeName[] = ['float32', 'float64']
const COMPLEX: DTypeName[] = ['complex64', 'complex128']
const REAL: DTypeName[] = ['bool', ...INTEGERS, ...FLOATS]
const ALL: DTypeName[] = [...REAL, ...COMPLEX]

/** Results that are the machine's own: no rounding may differ. */
const EXACT: Tolerance = {}
/** Functions that libraries round differently in the last digits, of floats of 32 bits too. */
const CLOSE: Tolerance = { relative: 4e-7, absolute: 1e-12 }

interface Case {
  ours: string
  numpy: string
  dtypes: DTypeName[]
  tolerance?: Tolerance
  /** Edge values mean something else here than in NumPy's library. */
  edges?: boolean
}

const BINARY: Case[] = [
  { ours: 'add', numpy: 'add', dtypes: ALL },
  { ours: 'subtract', numpy: 'subtract', dtypes: [...INTEGERS, ...FLOATS, ...COMPLEX] },
  { ours: 'multiply', numpy: 'multiply', dtypes: REAL },
  { ours: 'multiply', numpy: 'multiply', dtypes: COMPLEX, tolerance: CLOSE, edges: false },
  { ours: 'divide', numpy: 'true_divide', dtypes: REAL },
  {
    ours: 'divide',
    numpy: 'true_divide',
    dtypes: COMPLEX,
    tolerance: { relative: 1e-6, absolute: 1e-6 },
    edges: false,
  },
  { ours: 'floorDivide', numpy: 'floor_divide', dtypes: [...INTEGERS, ...FLOATS] },
  { ours: 'remainder', numpy: 'remainder', dtypes: [...INTEGERS, ...FLOATS] },
  { ours: 'fmod', numpy: 'fmod', dtypes: [...INTEGERS, ...FLOATS] },
  { ours: 'power', numpy: 'float_power', dtypes: [], tolerance: CLOSE },
  { ours: 'arctan2', numpy: 'arctan2', dtypes: FLOATS, tolerance: CLOSE },
  { ours: 'hypot', numpy: 'hypot', dtypes: FLOATS, tolerance: CLOSE },
  { ours: 'copysign', numpy: 'copysign', dtypes: FLOATS },
  { ours: 'logaddexp', numpy: 'logaddexp', dtypes: FLOATS, tolerance: CLOSE },
  { ours: 'heaviside', numpy: 'heaviside', dtypes: FLOATS },
  { ours: 'gcd', numpy: 'gcd', dtypes: INTEGERS, edges: false },
  { ours: 'maximum', numpy: 'maximum', dtypes: ALL },
  { ours: 'minimum', numpy: 'minimum', dtypes: ALL },
  { ours: 'fmax', numpy: 'fmax', dtypes: ALL },
  { ours: 'fmin', numpy: 'fmin', dtypes: ALL },
  { ours: 'bitwiseAnd', numpy: 'bitwise_and', dtypes: ['bool', ...INTEGERS] },
  { ours: 'bitwiseOr', numpy: 'bitwise_or', dtypes: ['bool', ...INTEGERS] },
  { ours: 'bitwiseXor', numpy: 'bitwise_xor', dtypes: ['bool', ...INTEGERS] },
  { ours: 'equal', numpy: 'equal', dtypes: ALL },
  { ours: 'notEqual', numpy: 'not_equal', dtypes: ALL },
  { ours: 'less', numpy: 'less', dtypes: ALL },
  { ours: 'lessEqual', numpy: 'less_equal', dtypes: ALL },
  { ours: 'greater', numpy: 'greater', dtypes: ALL },
  { ours: 'greaterEqual', numpy: 'greater_equal', dtypes: ALL },
  { ours: 'logicalAnd', numpy: 'logical_and', dtypes: ALL },
  { ours: 'logicalOr', numpy: 'logical_or', dtypes: ALL },
  { ours: 'logicalXor', numpy: 'logical_xor', dtypes: ALL },
]

const METHODS_FLOAT = [
  ...[
    'sqrt',
    'cbrt',
    'exp',
    'exp2',
    'expm1',
    'log',
    'log2',
    'log10',
    'log1p',
    'sin',
    'cos',
    'tan',
    'arcsin',
    'arccos',
  ],
  ...['arctan', 'sinh', 'cosh', 'tanh', 'arcsinh', 'arccosh', 'arctanh', 'deg2rad', 'rad2deg'],
]
const UNARY: Case[] = [
  { ours: 'negative', numpy: 'negative', dtypes: [...INTEGERS, ...FLOATS, ...COMPLEX] },
  { ours: 'absolute', numpy: 'absolute', dtypes: REAL },
  { ours: 'absolute', numpy: 'absolute', dtypes: COMPLEX, tolerance: CLOSE },
  { ours: 'sign', numpy: 'sign', dtypes: [...INTEGERS, ...FLOATS, ...COMPLEX] },
  { ours: 'square', numpy: 'square', dtypes: [...REAL] },
  { ours: 'reciprocal', numpy: 'reciprocal', dtypes: FLOATS },
  { ours: 'logicalNot', numpy: 'logical_not', dtypes: ALL },
  { ours: 'invert', numpy: 'invert', dtypes: ['bool', ...INTEGERS] },
  { ours: 'conj', numpy: 'conj', dtypes: COMPLEX },
  { ours: 'real', numpy: 'real', dtypes: COMPLEX },
  { ours: 'imag', numpy: 'imag', dtypes: COMPLEX },
  { ours: 'angle', numpy: 'angle', dtypes: COMPLEX, tolerance: CLOSE },
  { ours: 'isnan', numpy: 'isnan', dtypes: ALL },
  { ours: 'isinf', numpy: 'isinf', dtypes: ALL },
  { ours: 'isfinite', numpy: 'isfinite', dtypes: ALL },
  { ours: 'signbit', numpy: 'signbit', dtypes: FLOATS },
  ...['floor', 'ceil', 'trunc', 'rint'].map((name) => ({ ours: name, numpy: name, dtypes: FLOATS })),
  ...METHODS_FLOAT.map((name) => ({
    ours: name,
    numpy: name,
    dtypes: ['int16', 'int32', 'int64', 'uint16', ...FLOATS] as DTypeName[],
    tolerance: name === 'sqrt' ? EXACT : CLOSE,
  })),
  ...['sqrt', 'exp', 'log', 'sin', 'cos', 'sinh', 'cosh'].map((name) => ({
    ours: name,
    numpy: name,
    dtypes: COMPLEX,
    tolerance: { relative: 1e-5, absolute: 1e-5 },
    edges: false,
  })),
]

type Method = (...args: unknown[]) => NdArray
const call = (array: NdArray, name: string, ...args: unknown[]): NdArray =>
  (array as unknown as Record<string, Method>)[name](...args)

for (const { ours, numpy: theirs, dtypes, tolerance, edges } of BINARY.filter(
  (each) => each.dtypes.length > 0,
))
  test(`${ours} of two blocks (${dtypes[0]}…) is NumPy's ${theirs}`, async () => {
    const random = randomFrom(ours.length * 1000 + dtypes.length)
    const checks = dtypes.flatMap((dtype) =>
      Array.from({ length: 5 }, async () => {
        const shape = randomShape(random, upTo(random, 3))
        // Another dtype beside it, half of the time.
        const other = random() < 0.5 ? dtype : pick(random, dtypes)
        const a = randomArray(random, dtype, shape, { edges })
        const b = randomArray(random, other, broadcastMate(random, shape), { edges })
        const answer = await numpy.eval(`np.${theirs}(a, b)`, { a, b })
        if (answer.error) {
          assert.throws(() => call(a, ours, b), { name: 'DTypeError' })
          return
        }
        assertSame(
          call(a, ours, b),
          answer.array!,
          `${ours}(${dtype} ${a.shape}, ${other} ${b.shape})\n${a}\n${b}`,
          tolerance,
        )
      }),
    )
    await Promise.all(checks)
  })

for (const { ours, numpy: theirs, dtypes, tolerance, edges } of UNARY)
  test(`${ours} of a block (${dtypes[0]}…) is NumPy's ${theirs}`, async () => {
    const random = randomFrom(ours.length * 77 + dtypes.length)
    const checks = dtypes.flatMap((dtype) =>
      Array.from({ length: 4 }, async () => {
        const a = randomArray(random, dtype, randomShape(random, upTo(random, 3)), { edges })
        const answer = await numpy.eval(`np.${theirs}(a)`, { a })
        assert.equal(answer.error, undefined)
        assertSame(call(a, ours), answer.array!, `${ours}(${dtype})\n${a}`, tolerance)
      }),
    )
    await Promise.all(checks)
  })
