// Reductions, views, indices, printing and files of blocks against NumPy.

import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { DTypeName } from '../../runtime/kernels/array/dtype.ts'
import { NdArray } from '../../runtime/kernels/array/ndArray.ts'
import { npyBytes, parseNpy, readNpy, writeNpy } from '../../runtime/kernels/array/npy.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'
import { assertSame, pick, randomArray, randomFrom, randomShape, type Tolerance, upTo } from './kit/arrays.ts'
import { Numpy } from './kit/numpy.ts'

const numpy = new Numpy()
const INTEGERS: DTypeName[] = ['int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64']
const REAL: DTypeName[] = ['bool', ...INTEGERS, 'float32', 'float64']
const ALL: DTypeName[] = [...REAL, 'complex64', 'complex128']

type Method = (...args: unknown[]) => NdArray
const call = (array: NdArray, name: string, ...args: unknown[]): NdArray =>
  (array as unknown as Record<string, Method>)[name](...args)

interface Reduction {
  ours: string
  theirs: string
  dtypes: DTypeName[]
  tolerance?: Tolerance
  edges?: boolean
  /** Takes one axis or none. */
  oneAxis?: boolean
  options?: string
}

const CLOSE: Tolerance = { relative: 3e-6, absolute: 1e-5 }
const REDUCTIONS: Reduction[] = [
  { ours: 'sum', theirs: 'sum', dtypes: ['bool', ...INTEGERS] },
  {
    ours: 'sum',
    theirs: 'sum',
    dtypes: ['float64', 'float32', 'complex128', 'complex64'],
    tolerance: CLOSE,
    edges: false,
  },
  { ours: 'prod', theirs: 'prod', dtypes: ['bool', ...INTEGERS] },
  { ours: 'prod', theirs: 'prod', dtypes: ['float64'], tolerance: CLOSE },
  { ours: 'min', theirs: 'min', dtypes: ALL },
  { ours: 'max', theirs: 'max', dtypes: ALL },
  { ours: 'any', theirs: 'any', dtypes: ALL },
  { ours: 'all', theirs: 'all', dtypes: ALL },
  { ours: 'mean', theirs: 'mean', dtypes: ALL, tolerance: CLOSE, edges: false },
  { ours: 'var', theirs: 'var', dtypes: ALL, tolerance: { relative: 1e-4, absolute: 1e-4 }, edges: false },
  { ours: 'std', theirs: 'std', dtypes: ALL, tolerance: { relative: 1e-4, absolute: 1e-4 }, edges: false },
  {
    ours: 'nansum',
    theirs: 'nansum',
    dtypes: ['int16', 'float64', 'float32'],
    tolerance: CLOSE,
    edges: true,
  },
  { ours: 'nanmean', theirs: 'nanmean', dtypes: ['int16', 'float64'], tolerance: CLOSE },
  { ours: 'nanmin', theirs: 'nanmin', dtypes: ['int16', 'float64', 'float32'] },
  { ours: 'nanmax', theirs: 'nanmax', dtypes: ['int16', 'float64', 'float32'] },
  { ours: 'argmin', theirs: 'argmin', dtypes: ALL, oneAxis: true },
  { ours: 'argmax', theirs: 'argmax', dtypes: ALL, oneAxis: true },
  { ours: 'median', theirs: 'median', dtypes: ['int32', 'float64'] },
  { ours: 'countNonzero', theirs: 'count_nonzero', dtypes: ALL },
  { ours: 'ptp', theirs: 'ptp', dtypes: ['int32', 'float64'], oneAxis: true, edges: false },
]

for (const { ours, theirs, dtypes, tolerance, edges, oneAxis } of REDUCTIONS)
  test(`${ours} of a block (${dtypes[0]}…) is NumPy's, over any axes`, async () => {
    const random = randomFrom(ours.length * 31 + dtypes.length)
    const checks = dtypes.flatMap((dtype) =>
      Array.from({ length: 8 }, async () => {
        const rank = 1 + upTo(random, 2)
        const shape = randomShape(random, rank, 12)
        // Which of several NaNs a complex extreme is depends on the order of looking.
        const plain = dtype.startsWith('complex') && /min|max/.test(ours)
        const a = randomArray(random, dtype, shape, { edges: plain ? false : edges })
        const axes = oneAxis
          ? upTo(random, rank - 1)
          : pick(random, [undefined, upTo(random, rank - 1), -1, rank > 1 ? [0, rank - 1] : 0])
        const keep = ours !== 'ptp' && random() < 0.3
        const axisText =
          axes === undefined ? 'None' : Array.isArray(axes) ? `(${axes.join(',')},)` : String(axes)
        const answer = await numpy.eval(`np.${theirs}(a, axis=${axisText}${keep ? ', keepdims=True' : ''})`, {
          a,
        })
        if (answer.error) {
          assert.throws(() => call(a, ours, axes), /no elements|not defined|NaN/)
          return
        }
        assertSame(
          call(a, ours, axes, { keepDims: keep }),
          answer.array!,
          `${ours}(${dtype}, ${axisText})\n${a}`,
          tolerance,
        )
      }),
    )
    await Promise.all(checks)
  })

test('sums of floats have the very bits of NumPy: pairwise, in its order', async () => {
  const random = randomFrom(5)
  for (const length of [1, 7, 8, 100, 128, 129, 1000, 4096, 100_003]) {
    for (const dtype of ['float64', 'float32', 'complex128'] as const) {
      const lanes = dtype === 'complex128' ? 2 * length : length
      const values = Float64Array.from(
        { length: lanes },
        () => (random() - 0.5) * 10 ** Math.floor(random() * 9),
      )
      const a = NdArray.from(dtype === 'float32' ? Float32Array.from(values) : values, { dtype })
      const expected = (await numpy.eval('np.add.reduce(a)', { a })).array!
      assertSame(a.sum() as NdArray, expected, `sum of ${length} ${dtype}`)
      const rows = (await numpy.eval('np.add.reduce(np.stack([a, a]), axis=1)', { a })).array!
      assertSame(NdArray.from([a, a]).sum(1) as NdArray, rows, `sums of two rows of ${length}`)
      const columns = (await numpy.eval('np.add.reduce(np.stack([a, a]), axis=0)', { a })).array!
      assertSame(NdArray.from([a, a]).sum(0) as NdArray, columns, `sums of ${length} columns`)
    }
  }
})

test('quantiles and percentiles are those of NumPy, by every method', async () => {
  const random = randomFrom(8)
  for (let i = 0; i < 60; i++) {
    const shape = randomShape(random, 1 + upTo(random, 1), 9).map((length) => Math.max(1, length))
    const a = randomArray(random, pick(random, ['int32', 'float64'] as const), shape, { edges: i % 4 === 0 })
    const method = pick(random, ['linear', 'lower', 'higher', 'midpoint', 'nearest'] as const)
    const at = pick(random, [0, 0.25, 0.5, 0.9, 1])
    const axis = upTo(random, shape.length - 1)
    const expected = (
      await numpy.eval(
        `np.asarray(np.quantile(a, [${at}, 0.1], axis=${axis}, method='${method}')).astype('f8')`,
        { a },
      )
    ).array!
    if (Array.from(expected.toTypedArray(), Number).some((x) => !Number.isFinite(x))) continue
    assertSame(
      a.quantile([at, 0.1], axis as number, { method }) as NdArray,
      expected,
      `quantile ${at} ${method}\n${a}`,
      { relative: 1e-15 },
    )
  }
  assert.throws(() => NdArray.from([1, 2]).quantile(1.5), /from 0 to 1.*1\.5/)
})

test('indices give the elements that NumPy gives', async () => {
  const random = randomFrom(11)
  const one = (length: number): [unknown, string] => {
    switch (upTo(random, 3)) {
      case 0:
        if (length === 0) return [':', ':']
        return ((place) => [place, String(place)])(
          upTo(random, length - 1) - (random() < 0.5 ? length : 0),
        ) as [number, string]
      case 1:
        return ['...', '...']
      default: {
        const bound = (): string => (random() < 0.3 ? '' : String(upTo(random, 8) - 4))
        const step = pick(random, ['', '1', '2', '-1', '-2', '3'])
        const text = `${bound()}:${bound()}:${step}`
        return [text, text]
      }
    }
  }
  for (let i = 0; i < 150; i++) {
    const shape = randomShape(random, 1 + upTo(random, 2))
    const a = randomArray(random, 'float64', shape, { edges: false })
    const parts = shape.slice(0, upTo(random, shape.length)).map(one)
    const kept = parts.filter(
      ([index], at) => index !== '...' || parts.findIndex(([other]) => other === '...') === at,
    )
    if (random() < 0.3) kept.push([null, 'None'])
    if (kept.length === 0) kept.push(['...', '...'])
    const answer = await numpy.eval(`a[${kept.map(([, text]) => text).join(', ')}]`, { a })
    assert.equal(answer.error, undefined)
    assertSame(
      a.slice(...(kept.map(([index]) => index) as [])) as NdArray,
      answer.array!,
      `a[${kept.map(([, text]) => text)}] of ${shape}`,
    )
  }
})

test('lists, masks and assignment choose what NumPy chooses', async () => {
  const a = NdArray.from(
    Array.from({ length: 24 }, (_, i) => i),
    { shape: [2, 3, 4] },
  ) as NdArray
  const mask = a.remainder(3).equal(0) as NdArray<'bool'>
  const same = async (ours: NdArray, code: string, tolerance?: Tolerance): Promise<void> =>
    assertSame(
      ours,
      (await numpy.eval(code, { a, mask: mask as unknown as NdArray })).array!,
      code,
      tolerance,
    )
  await same(a.slice(':', [2, 0, -1]) as NdArray, 'a[:, [2, 0, -1]]')
  await same(a.slice(mask) as NdArray, 'a[mask]')
  await same(a.slice('...', [true, false, true, true]) as NdArray, 'a[..., [True, False, True, True]]')
  await same(
    a.take(
      [
        [0, 1],
        [3, 3],
      ] as never,
      2,
    ) as NdArray,
    'np.take(a, [[0, 1], [3, 3]], axis=2)',
  )
  await same(
    a.assign([0, '1:'], -1) as NdArray,
    '(lambda b: (b.__setitem__((0, slice(1, None)), -1), b)[1])(a.copy())',
  )
  await same(a.assign([mask], 100) as NdArray, 'np.where(mask, 100., a)')
  await same(
    a.assign([':', [0, 2]], NdArray.from([1, 2, 3, 4])) as NdArray,
    '(lambda b: (b.__setitem__((slice(None), [0, 2]), np.arange(1., 5)), b)[1])(a.copy())',
  )
  await same(a.diff(2, 1) as NdArray, 'np.diff(a, 2, axis=1)')
  await same(a.gradient(2) as NdArray, 'np.gradient(a, axis=2)')
  await same(a.gradient(2, 0.5, 2) as NdArray, 'np.gradient(a, 0.5, axis=2, edge_order=2)', CLOSE)
  for (const edges of [1, 2] as const) {
    const numpy = (axis: number, places: string) =>
      `np.gradient(a ** 2, ${places}, axis=${axis}, edge_order=${edges})`
    const squares = a.power(2) as NdArray
    await same(
      squares.gradient(2, [0, 1, 3, 7], edges) as NdArray,
      numpy(2, 'np.array([0., 1, 3, 7])'),
      CLOSE,
    )
    await same(squares.gradient(1, [-2, 0.5, 4], edges) as NdArray, numpy(1, 'np.array([-2, .5, 4])'), CLOSE)
    await same(squares.gradient(1, [2, 4, 6], edges) as NdArray, numpy(1, 'np.array([2., 4, 6])'), CLOSE)
  }
  assert.throws(() => a.gradient(2, [0, 1]), /gradient got 2 places for 4 elements/)
  await same(a.tile([2, 1, 3]) as NdArray, 'np.tile(a, (2, 1, 3))')
  await same(a.repeat(3, 1) as NdArray, 'np.repeat(a, 3, axis=1)')
  for (const mode of ['constant', 'edge', 'reflect', 'symmetric', 'wrap'] as const)
    await same(
      a.pad(
        [
          [1, 2],
          [3, 0],
          [0, 5],
        ],
        mode,
      ) as NdArray,
      `np.pad(a, [(1, 2), (3, 0), (0, 5)], '${mode}')`,
    )
  await same(a.roll(5) as NdArray, 'np.roll(a, 5)')
  await same(a.roll(-1, 2) as NdArray, 'np.roll(a, -1, axis=2)')
  await same(a.moveaxis(0, 2) as NdArray, 'np.moveaxis(a, 0, 2)')
  await same(a.clip(3, 10) as NdArray, 'np.clip(a, 3, 10)')
  await same(a.add(1, { where: mask, out: a }) as NdArray, 'np.add(a, 1, where=mask, out=a.copy())')
  await same(a.divide(7).round(2) as NdArray, 'np.round(a / 7, 2)')
  await same(a.cumsum() as NdArray, 'np.cumsum(a)')
  await same(a.cumprod(1) as NdArray, 'np.cumprod(a, axis=1)')
  await same(a.multiply(-1).sort(1) as NdArray, 'np.sort(-a, axis=1)')
  await same(mask.argsort(2) as unknown as NdArray, "np.argsort(mask, axis=2, kind='stable')")
})

test('blocks are printed as NumPy prints them', async () => {
  const random = randomFrom(21)
  const fixed: NdArray[] = [
    NdArray.from([1.5e300, 2, 3]),
    NdArray.from([
      [1, 2],
      [3, 4.25],
    ]),
    NdArray.from([true, false]),
    NdArray.from([{ re: 1, im: 2 }, 3.5]),
    NdArray.from([1e-5, 1, Number.NaN, Infinity, -0]),
    NdArray.from([0.1, 0.2, 1 / 3]),
    NdArray.from(Float32Array.from([0.1, 1e10, -3])),
    NdArray.from(
      Array.from({ length: 2000 }, (_, i) => i),
      { shape: [20, 100] },
    ),
    NdArray.from(Array.from({ length: 60 }, (_, i) => i / 7)),
    NdArray.from([-5n, 10n]),
    NdArray.from([], { dtype: 'int32' }),
    NdArray.from(3.25),
    NdArray.from(['2024-02-29', '1969-12-31T23:59:59'], { dtype: 'datetime64[s]' }),
    NdArray.from([123456789.123, 0.5]),
    NdArray.from([1e16, 1]),
  ]
  for (let i = 0; i < 120; i++)
    fixed.push(randomArray(random, pick(random, ALL), randomShape(random, upTo(random, 3))))
  for (const a of fixed) {
    const answer = await numpy.eval('str(a)', { a })
    assert.equal(String(a), answer.text, `${a.dtype} ${a.shape}`)
  }
})

test('.npy files go to NumPy and come back, of both byte orders and orders of axes', async (context) => {
  const folder = temporaryFolder(context)
  const random = randomFrom(4)
  for (const dtype of [...ALL, 'datetime64[ms]', 'timedelta64[D]'] as const) {
    const a = randomArray(random, dtype, [3, 4])
    const file = join(folder, `${dtype.replace(/\W/g, '')}.npy`)
    await writeNpy(file, a)
    assertSame(await readNpy(file), a.copy() as NdArray, dtype)
    const swapped = await numpy.eval(
      `np.load(${JSON.stringify(file)}).astype(np.load(${JSON.stringify(file)}).dtype.newbyteorder('>'))`,
    )
    assertSame(swapped.array!, a.copy() as NdArray, `${dtype}, the other byte order`)
    assertSame(
      (await numpy.eval('np.asfortranarray(a)', { a })).array!,
      a.copy() as NdArray,
      `${dtype}, columns first`,
    )
  }
  await writeFile(join(folder, 'bad.npy'), 'no array')
  await assert.rejects(readNpy(join(folder, 'bad.npy')), /bad\.npy is no \.npy file/)
  const whole = npyBytes(NdArray.from([1, 2, 3]))
  assert.throws(
    () => parseNpy(whole.subarray(0, whole.length - 4), 'cut.npy'),
    /cut\.npy is cut off: 20 of 24 bytes/,
  )
  assert.ok((await readFile(join(folder, 'bool.npy'))).length > 64)
})

test('what does not go together is refused by name', () => {
  const a = NdArray.from([[1, 2, 3]]) as NdArray
  assert.throws(() => a.add(NdArray.from([1, 2])), /shapes \(1, 3\) and \(2,\) do not broadcast together/)
  assert.throws(() => NdArray.from([1n]).astype('int8').add(300), /300 does not fit in int8 \(-128 to 127\)/)
  assert.throws(
    () => NdArray.from([true]).subtract(true),
    /subtract has no meaning for bool and bool: use logicalXor/,
  )
  assert.throws(() => a.sum(2 as number), /axis 2 is not there: the array has 2 axes \(-2 to 1\)/)
  assert.throws(() => a.slice(0, 7), /index 7 is out of range for axis 1 of shape \(1, 3\)/)
  assert.throws(() => a.reshape([2, -1]), /3 elements cannot be reshaped to \(2, -1\)/)
  assert.throws(() => a.slice('1;2'), /"1;2" is no slice/)
  assert.throws(
    () => NdArray.from([[1], [1, 2]]),
    /different length: one at depth 2 has 2 items, the first 1/,
  )
  assert.throws(() => NdArray.from([2n]).power(-1), /negative integer powers/)
  assert.throws(() => NdArray.from([]).max(), /the maximum of no elements is not defined/)
})
