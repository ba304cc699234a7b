// Wrong arguments of every function of `array` and every method of an array: an error of ours at the call, or right.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ChunkedArray } from '../../runtime/collections/array/chunkedArray.ts'
import { array, delayed } from '../../runtime/collections/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { methodsOf, type Told, walk } from '../kit/wrongArguments.ts'

computeInProcess()

const OPTIONS = 'nothing {}'
/** What an array is made of: one element, or none. */
const VALUE = 'number NaN -1 1.5 true []'
const FLAG = 'nothing true'
const NUMBER = 'nothing number -1 1.5'

const x = array.zeros([2, 2])
const made = (more: Partial<Told> = {}): Told => ({
  args: [[2, 2], {}],
  takes: ['number []', OPTIONS],
  options: { dtype: 'nothing', chunks: 'nothing number -1' },
  ...more,
})
const joined: Told = { args: [[x, x]], takes: [''] }

test('functions that make arrays say what is wrong with their arguments', () =>
  walk(
    {
      applyGufunc: {
        args: [(a: unknown) => a, '(i)->()', [x], {}],
        takes: ['function', '', '', OPTIONS],
        options: { dtype: 'nothing []', outputSizes: OPTIONS, args: 'nothing []' },
      },
      arange: {
        args: [0, 6, 2, {}],
        takes: ['number -1 1.5', 'number -1 1.5', 'nothing number -1 1.5', OPTIONS],
        options: { dtype: 'nothing', chunks: 'nothing number -1' },
      },
      asarray: { args: [[1]], takes: [VALUE] },
      bincount: {
        args: [[1n], {}],
        takes: ['true', OPTIONS],
        options: { weights: 'nothing number NaN -1 1.5 true', minLength: 'nothing number' },
      },
      block: { args: [[[1]]], takes: [VALUE] },
      blockwise: {
        args: [(a: unknown) => a, 'i', [[1, 2], 'i'], {}],
        takes: ['function', '', '', OPTIONS],
        options: { dtype: 'nothing', newAxes: OPTIONS, args: 'nothing []' },
      },
      concatenate: { args: [[x, x], 0], takes: ['', 'nothing -1'] },
      digitize: { args: [[1], [1, 2], {}], takes: [VALUE, '[]', OPTIONS], options: { right: FLAG } },
      dot: { args: [x, x], takes: ['number NaN -1 1.5 true', 'number NaN -1 1.5 true'] },
      dstack: joined,
      einsum: { args: ['ij,jk->ik', x, x], takes: ['', '', ''] },
      empty: made({ says: /\bzeros\b|\bempty\b/ }),
      eye: {
        args: [2, 3, { offset: 1 }],
        takes: ['number', 'nothing number {}', OPTIONS],
        options: { dtype: 'nothing', chunks: 'nothing number -1', offset: 'nothing number -1' },
      },
      fromArray: {
        args: [[[1]], {}],
        takes: [VALUE, OPTIONS],
        options: { dtype: 'nothing', chunks: 'nothing number -1', shape: 'nothing []' },
      },
      fromDelayed: {
        args: [delayed([1]), { shape: [1], dtype: 'float64' }],
        takes: [''],
        options: { shape: '[] number', dtype: '' },
      },
      fromFunction: {
        args: [() => 1, { shape: [2] }],
        takes: ['function'],
        options: { dtype: 'nothing', chunks: 'nothing number -1', shape: 'number []' },
      },
      full: made({ args: [[2, 2], 1, {}], takes: ['number []', 'number NaN -1 1.5 true', OPTIONS] }),
      fullLike: { args: [x, 1], takes: ['', 'number NaN -1 1.5 true'] },
      histogram: {
        args: [[1, 2], 2, {}],
        takes: ['number NaN -1 1.5 true', 'nothing number', OPTIONS],
        options: { range: 'nothing', weights: 'nothing', density: FLAG },
      },
      hstack: joined,
      indices: made(),
      isin: { args: [[1], [1], {}], takes: [VALUE, VALUE, OPTIONS], options: { invert: FLAG } },
      linspace: {
        args: [0, 1, 5, {}],
        takes: ['number -1 1.5', 'number -1 1.5', 'nothing number', OPTIONS],
        options: { dtype: 'nothing', chunks: 'nothing number -1', endpoint: FLAG },
      },
      matmul: { args: [x, x] },
      meshgrid: { args: [[[1], [2]], {}], takes: ['[]', OPTIONS], options: { indexing: 'nothing' } },
      ones: made(),
      onesLike: { args: [x] },
      outer: { args: [[1], [2]], takes: [VALUE, VALUE] },
      searchsorted: { args: [[1, 2], [1], {}], takes: ['[]', VALUE, OPTIONS], options: { side: 'nothing' } },
      select: {
        args: [[[true]], [[1]], 0],
        takes: ['', '', 'nothing number NaN -1 1.5 true'],
      },
      stack: { args: [[x, x], 0], takes: ['', 'nothing -1'] },
      tensordot: { args: [x, x, 1], takes: ['', '', 'nothing'] },
      unique: { args: [[1]], takes: [VALUE] },
      vstack: joined,
      where: { args: [[true], 1, 2], takes: [VALUE, VALUE, VALUE] },
      zeros: made(),
      zerosLike: { args: [x] },
    },
    array,
    Object.keys(array).filter((name) => !['random', 'fromNpy', 'fromZarr'].includes(name)),
  ))

test('functions that read arrays say what is wrong with their arguments', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-array-arguments-'))
  const started = process.cwd()
  // A text is a path: what is written to it must not stay.
  process.chdir(folder)
  try {
    const [npy, zarr] = [join(folder, 'a.npy'), join(folder, 'a.zarr')]
    await x.toNpy(npy)
    await x.toZarr(zarr)
    // A text is a path, of which the error names the file.
    const read = (name: string, path: string, more: Readonly<Record<string, string>> = {}): Told => ({
      args: [path, {}],
      takes: ['', OPTIONS],
      options: { chunks: 'nothing number -1', ...more },
      says: new RegExp(`\\b${name}\\b|text`),
    })
    await walk(
      { fromNpy: read('fromNpy', npy), fromZarr: read('fromZarr', zarr, { storage: OPTIONS }) },
      array,
      ['fromNpy', 'fromZarr'],
    )
    await walk(
      {
        toNpy: { args: [npy], takes: ['text'] },
        toZarr: {
          args: [zarr, { overwrite: true }],
          options: { version: 'nothing number', compression: 'nothing', overwrite: 'true' },
          // Where something is already, the error names it.
          says: /\btoZarr\b|a\.zarr|text/,
        },
      },
      x,
      ['toNpy', 'toZarr'],
    )
  } finally {
    process.chdir(started)
    rmSync(folder, { recursive: true })
  }
})

test('functions that draw arrays say what is wrong with their arguments', () => {
  const drawn = (name: string, more: Readonly<Record<string, string>> = {}): Told => ({
    args: [{ shape: [2, 2] }],
    options: { shape: 'number []', seed: 'nothing number -1', ...DRAWN, ...more },
    says: new RegExp(`\\brandom\\.${name}\\b`),
  })
  const DRAWN = { dtype: 'nothing', chunks: 'nothing number -1' }
  return walk(
    {
      bernoulli: drawn('bernoulli', { p: 'nothing' }),
      choice: {
        ...drawn('choice'),
        args: [[1, 2], { shape: [2, 2] }],
        takes: ['number', ''],
        options: { ...drawn('choice').options, chunks: 'nothing number -1 {}' },
      },
      exponential: drawn('exponential', { scale: NUMBER }),
      integers: {
        ...drawn('integers', { low: 'nothing number -1', high: 'number' }),
        args: [{ shape: [2, 2], high: 5 }],
      },
      laplace: drawn('laplace', { mean: NUMBER, scale: NUMBER }),
      logistic: drawn('logistic', { mean: NUMBER, scale: NUMBER }),
      lognormal: drawn('lognormal', { mean: NUMBER, sigma: NUMBER }),
      normal: drawn('normal', { mean: NUMBER, std: 'nothing number 1.5' }),
      permutation: {
        args: [4, {}],
        takes: ['number []', OPTIONS],
        options: { seed: 'nothing number -1', chunks: 'nothing number -1 {}' },
      },
      random: { ...drawn('uniform', { low: NUMBER, high: NUMBER }) },
      rayleigh: drawn('rayleigh', { scale: NUMBER }),
      uniform: drawn('uniform', { low: NUMBER, high: NUMBER }),
      weibull: { ...drawn('weibull', { a: 'number 1.5' }), args: [{ shape: [2, 2], a: 1 }] },
    },
    array.random,
    Object.keys(array.random),
  )
})

/** An axis of two, or none. */
const AXIS = 'nothing -1'
/** One element, which goes with any shape. */
const ONE = 'number NaN -1 1.5 true'
const nothing: Told = { args: [] }

/** Lines of one kind for many functions. */
const each = (names: string, line: (name: string) => Told): Record<string, Told> =>
  Object.fromEntries(names.split(' ').map((name) => [name, line(name)]))
const numbers = array.asarray([
  [1n, 2n],
  [3n, 4n],
])
const times = array.fromArray(['2024-01-01', '2024-01-02'], { dtype: 'datetime64[D]' })
const unary =
  (of: object = x) =>
  (): Told => ({
    of,
    args: [{}],
    takes: [OPTIONS],
    options: { where: `nothing ${ONE}`, out: `nothing [] ${ONE}` },
  })
const binary =
  (of: object = x, kinds = ONE) =>
  (): Told => ({
    of,
    args: [of, {}],
    takes: [kinds, OPTIONS],
    options: { where: `nothing ${ONE}`, out: `nothing [] ${ONE}` },
  })
const REDUCE = { keepDims: FLAG, dtype: 'nothing', ddof: NUMBER, splitEvery: 'nothing number' }
const reduction = (): Told => ({ args: [0, {}], takes: ['nothing null -1 []', OPTIONS], options: REDUCE })
const quantile = (most: number) => (): Told => ({
  args: [0.5, 0, {}],
  takes: [most > 1 ? 'number 1.5 []' : '[]', 'nothing null -1 []', OPTIONS],
  options: { ...REDUCE, method: 'nothing' },
})
const soFar = (): Told => ({ args: [0, {}], takes: [AXIS, OPTIONS], options: { dtype: 'nothing' } })
const along = (): Told => ({ args: [0], takes: [AXIS] })
const fn = (block: unknown): unknown => block
/** What computing asks of an array, and what has its own test above. */
const ELSEWHERE = [
  'announce',
  'assemble',
  'buildTasks',
  'buildValue',
  'prepare',
  'standingOn',
  'toNpy',
  'toZarr',
]

test('methods of arrays say what is wrong with their arguments', () =>
  walk(
    {
      ...each('abs absolute negative neg positive sign square reciprocal sqrt cbrt exp exp2 expm1', unary()),
      ...each('log log2 log10 log1p sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh', unary()),
      ...each('arccosh arctanh deg2rad rad2deg floor ceil trunc rint conj real imag angle', unary()),
      ...each('isnan isinf isfinite signbit logicalNot', unary()),
      ...each('isnat', unary(times)),
      ...each('invert', unary(numbers)),
      ...each('add subtract sub multiply mul divide div floorDivide remainder mod fmod', binary()),
      ...each('power pow floatPower arctan2 hypot copysign logaddexp heaviside', binary()),
      ...each('maximum minimum fmax fmin equal eq notEqual ne less lt lessEqual le', binary()),
      ...each('greater gt greaterEqual ge logicalAnd logicalOr logicalXor', binary()),
      ...each('gcd bitwiseAnd bitwiseOr bitwiseXor leftShift rightShift', binary(numbers, 'number -1 true')),
      ...each('sum prod mean var std min max any all countNonzero nansum nanprod', reduction),
      ...each('nanmean nanvar nanstd nanmin nanmax ptp median nanmedian', reduction),
      ...each('argmin argmax nanargmin nanargmax', reduction),
      ...each('quantile nanquantile', quantile(1)),
      ...each('percentile nanpercentile', quantile(100)),
      ...each('cumsum cumprod nancumsum nancumprod', soFar),
      ...each('sort argsort', along),
      ...each('compute persist computeChunkSizes explain toString ravel flatten', () => nothing),
      applyAlongAxis: {
        args: [fn, 0, {}],
        takes: ['function', '-1', OPTIONS],
        options: { dtype: 'nothing', length: 'nothing number', args: 'nothing []' },
      },
      argtopk: { args: [1, 0], takes: ['number -1', AXIS] },
      assign: { args: [[0], 1], takes: ['[]', ONE] },
      astype: { args: ['int32'] },
      blocks: { args: [0, 0], takes: ['nothing -1', 'nothing -1'] },
      broadcastTo: { args: [[2, 2]] },
      clip: { args: [0, 1], takes: [`null ${ONE}`, `nothing null ${ONE}`] },
      coarsen: { args: ['mean', { 0: 2 }], takes: ['', '{}'] },
      diff: { args: [1, 0], takes: ['nothing number', AXIS] },
      dot: { args: [x], takes: [ONE] },
      expandDims: { args: [0], takes: ['-1 []'] },
      flip: { args: [0], takes: ['nothing null -1 []'] },
      gradient: { args: [0, 1, 1], takes: [AXIS, 'nothing number -1 1.5', 'nothing'] },
      mapBlocks: {
        args: [fn, {}],
        takes: ['function', OPTIONS],
        options: {
          dtype: 'nothing',
          with: 'nothing []',
          args: 'nothing []',
          chunks: 'nothing []',
          dropAxis: 'nothing -1 []',
          newAxis: 'nothing []',
        },
      },
      mapOverlap: {
        args: [fn, { depth: 1 }],
        takes: ['function', ''],
        options: {
          depth: 'number {}',
          boundary: `nothing ${ONE}`,
          trim: FLAG,
          dtype: 'nothing',
          args: 'nothing []',
        },
      },
      matmul: { args: [x] },
      moveaxis: { args: [0, 1], takes: ['-1', '-1'] },
      pad: {
        args: [1, 'constant', {}],
        takes: ['number', 'nothing', OPTIONS],
        options: { value: `nothing ${ONE}` },
      },
      rechunk: { args: [[1, 2]], takes: ['number -1 {}'] },
      repeat: { args: [2, 0], takes: ['number', AXIS] },
      reshape: { args: [[4]], takes: ['-1'] },
      roll: { args: [1, 0], takes: ['number -1', `${AXIS} []`] },
      round: { args: [1], takes: ['nothing number -1'] },
      slice: { args: [0, 0], takes: ['null -1 {} []', 'null -1 {} []'] },
      squeeze: { of: x.expandDims(0), args: [0], takes: ['nothing []'] },
      store: { args: [fn], takes: ['function'] },
      swapaxes: { args: [0, 1], takes: ['-1', '-1'] },
      take: { args: [[0], 0], takes: ['-1 []', AXIS] },
      tile: { args: [2], takes: ['number []'] },
      topk: { args: [1, 0], takes: ['number -1', AXIS] },
      transpose: { args: [[1, 0]], takes: ['nothing null'] },
      visualize: { args: [undefined], takes: ['nothing'], says: /visualize|text should end/ },
      where: { args: [[true, false], 0], takes: [ONE, ONE] },
      with: { args: [{}], takes: ['{}'], options: { pure: FLAG, retries: 'nothing number' } },
    },
    x,
    methodsOf(ChunkedArray.prototype).filter((name) => !ELSEWHERE.includes(name)),
  ))
