// Every function of chunked arrays against NumPy, in several chunkings: the same answer in each.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ChunkedArray } from '../../runtime/collections/array/chunkedArray.ts'
import type { ChunkSpec } from '../../runtime/collections/array/chunks.ts'
import { array } from '../../runtime/collections/index.ts'
import { NdArray } from '../../runtime/kernels/array/ndArray.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { assertSame, randomArray, randomFrom, type Tolerance } from './kit/arrays.ts'
import { Numpy } from './kit/numpy.ts'

computeInProcess()
const numpy = new Numpy()
const random = randomFrom(1)

const DATA: Record<string, NdArray> = {
  a: randomArray(random, 'float64', [7, 5], { edges: false }),
  b: randomArray(random, 'float64', [5], { edges: false }),
  c: randomArray(random, 'int32', [7, 5], { edges: false }),
  d: randomArray(random, 'float64', [4, 6, 3], { edges: false }),
  n: randomArray(random, 'float64', [7, 5]),
  z: randomArray(random, 'complex128', [7, 5], { edges: false }),
  m: randomArray(random, 'bool', [7, 5]),
  v: randomArray(random, 'float64', [23], { edges: false }),
  i: NdArray.from([3n, 0n, 1n, 1n, 9n, 3n, 2n, 7n, 3n]) as NdArray,
  e: NdArray.from([], { dtype: 'float64', shape: [0, 4] }) as NdArray,
}
const CHUNKS: ChunkSpec[] = [-1, 1, 2, 3]

type Arrays = Record<string, ChunkedArray>
interface Case {
  ours: (x: Arrays) => unknown
  numpy: string
  tolerance?: Tolerance
}

const CLOSE: Tolerance = { relative: 1e-12, absolute: 1e-12 }
/** 1, 2, 5, 10, … */
const unevenPlaces = (count: number): number[] => Array.from({ length: count }, (_, i) => i ** 2 + 1)
const cases: [string, Case['ours'], string, Tolerance?][] = [
  [
    'element-wise',
    ({ a, b }) => a.multiply(2).add(b).subtract(1).divide(a.add(100)),
    '(a * 2 + b - 1) / (a + 100)',
  ],
  ['x + x.T', ({ a }) => a.slice('0:5').add(a.slice('0:5').T), 'a[:5] + a[:5].T'],
  [
    'x used twice',
    ({ a }) => a.multiply(a).add(a.exp().multiply(a.exp())),
    'a * a + np.exp(a) * np.exp(a)',
    { relative: 1e-12 },
  ],
  ['where', ({ a, m }) => array.where(m, a, -1), 'np.where(m, a, -1)'],
  [
    'where option',
    ({ a, m }) => a.add(1, { where: m as never, out: a }),
    'np.add(a, 1, where=m, out=a.copy())',
  ],
  [
    'select',
    ({ a }) => array.select([a.gt(10), a.gt(0)], [a, a.multiply(2)], -5),
    'np.select([a > 10, a > 0], [a, a * 2], -5.)',
  ],
  ['astype', ({ a }) => a.astype('int16').astype('complex64'), "a.astype('i2').astype('c8')"],
  ['clip and round', ({ a }) => a.clip(-5, null).divide(3).round(2), 'np.round(np.clip(a, -5, None) / 3, 2)'],
  ['complex', ({ z }) => z.multiply(z.conj()).real().sqrt(), 'np.sqrt((z * z.conj()).real)', CLOSE],
  ['power', ({ a }) => a.power(2).add(a.abs().power(0.5)), 'a ** 2 + np.abs(a) ** 0.5'],
  ...['sum', 'prod', 'mean', 'var', 'std', 'min', 'max', 'any', 'all'].flatMap(
    (name): [string, Case['ours'], string, Tolerance][] =>
      ['None', '0', '1', '(0, 1)'].map((axis) => [
        `${name} over ${axis}`,
        ({ a }) =>
          (a.divide(8) as unknown as Record<string, (axis: unknown) => unknown>)[name](
            axis === 'None' ? undefined : axis === '(0, 1)' ? [0, 1] : Number(axis),
          ),
        `np.${name}(a / 8, axis=${axis})`,
        { relative: 1e-9, absolute: 1e-12 },
      ]),
  ),
  ...['nansum', 'nanmean', 'nanvar', 'nanstd', 'nanmin', 'nanmax', 'nanprod'].flatMap(
    (name): [string, Case['ours'], string, Tolerance][] =>
      ['None', '1'].map((axis) => [
        `${name} over ${axis}`,
        ({ n }) =>
          (
            array.where(n.isfinite(), n, Number.NaN).clip(-50, 50) as unknown as Record<
              string,
              (axis: unknown) => unknown
            >
          )[name](axis === 'None' ? undefined : 1),
        `np.${name}(np.clip(np.where(np.isfinite(n), n, np.nan), -50, 50), axis=${axis})`,
        { relative: 1e-9, absolute: 1e-12 },
      ]),
  ),
  [
    'sum keepDims',
    ({ a }) => a.subtract(a.mean(1, { keepDims: true })),
    'a - a.mean(axis=1, keepdims=True)',
    CLOSE,
  ],
  ['sum of int32 is int64', ({ c }) => c.sum(0), 'c.sum(axis=0)'],
  ['var with ddof', ({ d }) => d.var([0, 2], { ddof: 1 }), 'd.var(axis=(0, 2), ddof=1)', CLOSE],
  ['argmax', ({ a }) => a.argmax(1), 'a.argmax(axis=1)'],
  ['argmin of all', ({ d }) => d.argmin(), 'd.argmin()'],
  ['argmax with NaN', ({ n }) => n.argmax(0), 'n.argmax(axis=0)'],
  ['nanargmin', ({ n }) => n.nanargmin(0), 'np.nanargmin(n, axis=0)'],
  ['ptp', ({ a }) => a.ptp(0), 'np.ptp(a, axis=0)'],
  ['cumsum', ({ a }) => a.cumsum(0), 'np.cumsum(a, axis=0)', CLOSE],
  ['cumsum of all', ({ a }) => a.cumsum(), 'np.cumsum(a)', CLOSE],
  ['cumprod of ints', ({ c }) => c.cumprod(1), 'np.cumprod(c, axis=1)'],
  ['nancumsum', ({ n }) => n.clip(-9, 9).nancumsum(0), 'np.nancumsum(np.clip(n, -9, 9), axis=0)', CLOSE],
  ['nancumprod of all', ({ n }) => n.clip(-2, 2).nancumprod(), 'np.nancumprod(np.clip(n, -2, 2))', CLOSE],
  ['nancumsum of ints', ({ c }) => c.nancumsum(1), 'np.nancumsum(c, axis=1)'],
  ['median', ({ a }) => a.median(0), 'np.median(a, axis=0)'],
  ['median of all', ({ d }) => d.median(), 'np.median(d)'],
  ['quantile', ({ a }) => a.quantile([0.1, 0.5], 1), 'np.quantile(a, [0.1, 0.5], axis=1)', CLOSE],
  [
    'percentile keepDims',
    ({ a }) => a.percentile(30, 0, { keepDims: true }),
    'np.percentile(a, 30, axis=0, keepdims=True)',
    CLOSE,
  ],
  ['sort', ({ a }) => a.sort(0), 'np.sort(a, axis=0)'],
  ['argsort', ({ c }) => c.argsort(1), "np.argsort(c, axis=1, kind='stable')"],
  ['basic slices', ({ d }) => d.slice('1:', '::-2', 1), 'd[1:, ::-2, 1]'],
  ['slice of a slice', ({ v }) => v.slice('20:2:-3').slice('1:-1'), 'v[20:2:-3][1:-1]'],
  ['new axes', ({ b }) => b.slice(null, ':', null), 'b[None, :, None]'],
  ['take', ({ a }) => a.slice(':', [4, 0, 0, -1]), 'a[:, [4, 0, 0, -1]]'],
  ['take by an array', ({ v, i }) => v.slice(i), 'v[i]'],
  ['mask', ({ a, m }) => a.slice(m), 'a[m]'],
  ['mask of an axis', ({ a }) => a.slice(a.slice(':', 0).gt(0)), 'a[a[:, 0] > 0]'],
  [
    'known mask',
    ({ a }) => a.slice(':', [true, false, true, true, false]),
    'a[:, [True, False, True, True, False]]',
  ],
  ['mask, then sum', ({ a, m }) => a.slice(m).sum(), 'a[m].sum()', CLOSE],
  [
    'assign',
    ({ a }) => a.assign(['1:6:2', '::-2'], 9),
    '(lambda x: (x.__setitem__((slice(1, 6, 2), slice(None, None, -2)), 9), x)[1])(a.copy())',
  ],
  ['assign an array', ({ a, b }) => a.assign([2], b), '(lambda x: (x.__setitem__(2, b), x)[1])(a.copy())'],
  ['assign backwards', ({ v }) => v.assign(['::-1'], v), 'v[::-1]'],
  [
    'assign to a list',
    ({ a }) => a.assign([':', [3, 1, 4]], NdArray.from([7, 8, 9])),
    '(lambda x: (x.__setitem__((slice(None), [3, 1, 4]), np.array([7., 8, 9])), x)[1])(a.copy())',
  ],
  ['assign to a mask', ({ a, m }) => a.assign([m], 0), 'np.where(m, 0., a)'],
  ['reshape', ({ a }) => a.reshape([5, 7]), 'a.reshape(5, 7)'],
  ['reshape to three axes', ({ d }) => d.reshape([3, -1, 2]), 'd.reshape(3, -1, 2)'],
  ['ravel of a transposed', ({ d }) => d.T.ravel(), 'd.T.ravel()'],
  ['transpose', ({ d }) => d.transpose([2, 0, 1]), 'd.transpose(2, 0, 1)'],
  ['concatenate', ({ a, c }) => array.concatenate([a, c, a.slice('0:1')]), 'np.concatenate([a, c, a[:1]])'],
  ['stack', ({ a, c }) => array.stack([a, c], 1), 'np.stack([a, c], axis=1)'],
  [
    'block',
    ({ a }) =>
      array.block([
        [a, a],
        [a, a],
      ]),
    'np.block([[a, a], [a, a]])',
  ],
  ['tile', ({ a }) => a.tile([2, 3]), 'np.tile(a, (2, 3))'],
  ['repeat', ({ a }) => a.repeat(3, 1), 'np.repeat(a, 3, axis=1)'],
  ...(['constant', 'edge', 'reflect', 'symmetric', 'wrap'] as const).map(
    (mode): [string, Case['ours'], string] => [
      `pad ${mode}`,
      // NumPy before 1.25 repeats a shorter array wrongly.
      ({ a }) =>
        a.pad(
          [
            [2, 3],
            [mode === 'wrap' ? 4 : 9, 1],
          ],
          mode,
        ),
      `np.pad(a, [(2, 3), (${mode === 'wrap' ? 4 : 9}, 1)], '${mode}')`,
    ],
  ),
  ['roll', ({ a }) => a.roll(3, 0), 'np.roll(a, 3, axis=0)'],
  ['roll all', ({ a }) => a.roll(-4), 'np.roll(a, -4)'],
  ['flip', ({ a }) => a.flip(), 'np.flip(a)'],
  ['squeeze', ({ a }) => a.slice('2:3').squeeze(0), 'a[2:3].squeeze(0)'],
  ['expandDims', ({ a }) => a.expandDims(-1), 'np.expand_dims(a, -1)'],
  ['broadcastTo', ({ b }) => b.broadcastTo([3, 5]), 'np.broadcast_to(b, (3, 5))'],
  ['diff', ({ a }) => a.diff(1, 0), 'np.diff(a, axis=0)'],
  ['gradient', ({ v }) => v.gradient(), 'np.gradient(v)'],
  [
    'gradient of uneven places',
    ({ v }) => v.gradient(0, unevenPlaces(v.shape[0]), 2),
    'np.gradient(v, np.arange(len(v)) ** 2 + 1., edge_order=2)',
    CLOSE,
  ],
  [
    'coarsen',
    ({ d }) => d.coarsen('sum', { 0: 2, 1: 3 }),
    'd.reshape(2, 2, 2, 3, 3, 1).sum(axis=(1, 3, 5))',
    CLOSE,
  ],
  ['matmul', ({ a, c }) => array.matmul(a, c.T), 'a @ c.T', CLOSE],
  ['matmul of ints', ({ c }) => array.matmul(c.T, c), 'c.T @ c'],
  ['matmul of a list', ({ a, b }) => a.matmul(b), 'a @ b', CLOSE],
  ['matmul of stacks', ({ d }) => array.matmul(d, d.transpose([0, 2, 1])), 'd @ d.transpose(0, 2, 1)', CLOSE],
  ['matmul of complex', ({ z, a }) => array.matmul(z.T, a), 'z.T @ a', CLOSE],
  ['matmul of bools', ({ m }) => array.matmul(m.T, m), 'm.T @ m'],
  ['dot', ({ d, a }) => array.dot(d.slice('...', 0).T, a.slice('0:4')), 'np.dot(d[..., 0].T, a[:4])', CLOSE],
  [
    'tensordot',
    ({ d }) =>
      array.tensordot(d, d, [
        [0, 1],
        [0, 1],
      ]),
    'np.tensordot(d, d, [(0, 1), (0, 1)])',
    CLOSE,
  ],
  ['outer', ({ a, v }) => array.outer(a, v), 'np.outer(a, v)'],
  [
    'einsum of a batch',
    ({ d }) => array.einsum('bij,bkj->bik', d, d),
    "np.einsum('bij,bkj->bik', d, d)",
    CLOSE,
  ],
  ['einsum of a diagonal', ({ a }) => array.einsum('ii->i', a.slice('0:5')), "np.einsum('ii->i', a[:5])"],
  ['einsum of a trace', ({ a }) => array.einsum('ii', a.slice('0:5')), "np.einsum('ii', a[:5])", CLOSE],
  [
    'einsum of three',
    ({ a, b, d }) => array.einsum('ij,j,klm->i', a, b, d),
    "np.einsum('ij,j,klm->i', a, b, d)",
    { relative: 1e-9 },
  ],
  ['einsum with dots', ({ d, b }) => array.einsum('...i,j->...ij', d, b), "np.einsum('...i,j->...ij', d, b)"],
  ['topk', ({ a }) => a.topk(3, 0), 'np.sort(a, axis=0)[::-1][:3]'],
  ['topk of the least', ({ a }) => a.topk(-2, 1), 'np.sort(a, axis=1)[:, :2]'],
  ['argtopk', ({ v }) => v.argtopk(4), 'np.argsort(v)[::-1][:4]'],
  ['histogram', ({ a }) => array.histogram(a, 7).counts, 'np.histogram(a, 7)[0]'],
  ['edges of a histogram', ({ a }) => array.histogram(a, 7).edges, 'np.histogram(a, 7)[1]', CLOSE],
  [
    'histogram of edges',
    ({ a }) => array.histogram(a, [-30, -5, 0, 2, 30]).counts,
    'np.histogram(a, [-30, -5, 0, 2, 30])[0]',
  ],
  [
    'histogram with weights',
    ({ a, c }) => array.histogram(a, 4, { range: [-20, 20], weights: c }).counts,
    "np.histogram(a, 4, (-20, 20), weights=c.astype('f8'))[0]",
    CLOSE,
  ],
  [
    'histogram as density',
    ({ a }) => array.histogram(a, 5, { density: true }).counts,
    'np.histogram(a, 5, density=True)[0]',
    CLOSE,
  ],
  ['bincount', ({ i }) => array.bincount(i), 'np.bincount(i)'],
  [
    'bincount with weights',
    ({ i, v }) => array.bincount(i, { weights: v.slice('0:9'), minLength: 15 }),
    'np.bincount(i, v[:9], 15)',
    CLOSE,
  ],
  ['unique', ({ c }) => array.unique(c).values, 'np.unique(c)'],
  ['unique counts', ({ i }) => array.unique(i).counts, 'np.unique(i, return_counts=True)[1]'],
  ['unique inverse', ({ c }) => array.unique(c).inverse, 'np.searchsorted(np.unique(c), c)'],
  ['unique inverse of NaN', ({ n }) => array.unique(n).inverse, 'np.searchsorted(np.unique(n), n)'],
  ['unique of NaN', ({ n }) => array.unique(n).values, 'np.unique(n)'],
  [
    'searchsorted',
    ({ a, v }) => array.searchsorted(v.sort(), a, 'right'),
    "np.searchsorted(np.sort(v), a, 'right')",
  ],
  [
    'searchsorted, its side as an option',
    ({ a, v }) => array.searchsorted(v.sort(), a, { side: 'right' }),
    "np.searchsorted(np.sort(v), a, side='right')",
  ],
  ['digitize', ({ a }) => array.digitize(a, [-20, 0, 5.5, 20]), 'np.digitize(a, [-20, 0, 5.5, 20])'],
  [
    'digitize of falling bins',
    ({ a }) => array.digitize(a, [20, 5.5, 0], { right: true }),
    'np.digitize(a, [20, 5.5, 0], right=True)',
  ],
  ['isin', ({ c }) => array.isin(c, [3, -4, 100]), 'np.isin(c, [3, -4, 100])'],
  [
    'mapBlocks',
    ({ a, b }) => a.mapBlocks((x: NdArray, y: NdArray) => x.multiply(2).add(y), { with: [b] }),
    'a * 2 + b',
  ],
  ['mapBlocks of another dtype', ({ a }) => a.mapBlocks((x) => x.gt(0), { dtype: 'bool' }), 'a > 0'],
  [
    'mapOverlap',
    ({ a }) => a.mapOverlap((x) => x.roll(1, 0).add(x.roll(-1, 0)), { depth: [1, 0], boundary: 'periodic' }),
    'np.roll(a, 1, 0) + np.roll(a, -1, 0)',
  ],
  [
    'mapOverlap reflected',
    ({ v }) => v.mapOverlap((x) => x.roll(2), { depth: 2 }),
    "np.pad(v, 2, 'symmetric')[:-4]",
  ],
  [
    'mapOverlap with zeros',
    ({ v }) => v.mapOverlap((x) => x.roll(-1), { depth: 1, boundary: 0 }),
    'np.append(v[1:], 0)',
  ],
  [
    'blockwise',
    ({ a, b }) => array.blockwise((x, y) => x.multiply(y).sum(1), 'i', [a, 'ij', b, 'j']),
    '(a * b).sum(axis=1)',
    CLOSE,
  ],
  [
    'applyGufunc of several results',
    ({ d }) => {
      const [mean, scaled] = array.applyGufunc((x) => [x.mean(-1), x.multiply(2)], '(i)->(), (i)', [d])
      return scaled.subtract(mean.expandDims(-1))
    },
    'd * 2 - d.mean(axis=-1, keepdims=True)',
    CLOSE,
  ],
  ['applyGufunc', ({ d }) => array.applyGufunc((x) => x.mean(-1), '(i)->()', [d]), 'd.mean(axis=-1)', CLOSE],
  [
    'applyAlongAxis',
    ({ a }) => a.applyAlongAxis((row) => row.max().subtract(row.min()), 0),
    'np.ptp(a, axis=0)',
  ],
  [
    'applyAlongAxis of rows',
    ({ a }) => a.applyAlongAxis((row) => row.cumsum(), 1, { length: 5 }),
    'np.cumsum(a, axis=1)',
    CLOSE,
  ],
  ['zero-length axes', ({ e }) => e.add(1).sum(0), 'np.sum(e + 1, axis=0)'],
  ['mean of nothing', ({ e }) => e.mean(0), 'np.mean(e, axis=0)'],
]

const CREATION: [string, () => unknown, string][] = [
  ['zeros', () => array.zeros([3, 4], { dtype: 'int8', chunks: 2 }), "np.zeros((3, 4), 'i1')"],
  ['ones', () => array.ones(5), 'np.ones(5)'],
  ['full', () => array.full([2, 2], 7n), 'np.full((2, 2), 7)'],
  ['arange', () => array.arange(3, 17, 4, { chunks: 2 }), 'np.arange(3., 17, 4)'],
  ['arange of parts', () => array.arange(0, 1, 0.1, { chunks: 3 }), 'np.arange(0, 1, 0.1)'],
  ['arange backwards', () => array.arange(10n, 0n, -3n), 'np.arange(10, 0, -3)'],
  ['linspace', () => array.linspace(0, 1, 7, { chunks: 2 }), 'np.linspace(0, 1, 7)'],
  [
    'linspace without end',
    () => array.linspace(-1, 2, 5, { endpoint: false }),
    'np.linspace(-1, 2, 5, endpoint=False)',
  ],
  ['eye', () => array.eye(4, 5, { offset: 1, chunks: 2 }), 'np.eye(4, 5, 1)'],
  ['square eye with options', () => array.eye(4, { offset: -1 }), 'np.eye(4, k=-1)'],
  ['indices', () => array.stack(array.indices([3, 4], { chunks: 2 })), 'np.indices((3, 4))'],
  [
    'meshgrid',
    () => array.stack(array.meshgrid([array.arange(3), array.arange(4)])),
    'np.stack(np.meshgrid(np.arange(3.), np.arange(4.)))',
  ],
  [
    'meshgrid ij',
    () => array.stack(array.meshgrid([array.arange(3), array.arange(4)], { indexing: 'ij' })),
    "np.stack(np.meshgrid(np.arange(3.), np.arange(4.), indexing='ij'))",
  ],
  [
    'fromFunction',
    () => array.fromFunction((i, j) => i.multiply(10).add(j), { shape: [5, 4], chunks: 2 }),
    'np.fromfunction(lambda i, j: i * 10 + j, (5, 4))',
  ],
  [
    'a slice of arange',
    () => array.arange(1_000_000, { chunks: 1000 }).slice('999_000:10:-100000'.replace('_', '')),
    'np.arange(1e6)[999000:10:-100000]',
  ],
]

const computed = async (value: unknown): Promise<NdArray> => {
  const result = await (value as ChunkedArray).compute()
  return result instanceof NdArray
    ? (result as NdArray)
    : (NdArray.from(result, { dtype: (value as ChunkedArray).dtype }) as NdArray)
}

for (const [name, ours, code, tolerance] of cases)
  test(`${name}: ${code}`, async () => {
    const answer = await numpy.eval(code, DATA)
    assert.equal(answer.error, undefined)
    for (const chunks of CHUNKS) {
      const arrays = Object.fromEntries(
        Object.entries(DATA).map(([key, value]) => [key, array.fromArray(value, { chunks })]),
      )
      const lazy = ours(arrays) as ChunkedArray
      if (!lazy.shape.some(Number.isNaN))
        assert.deepEqual([...lazy.shape], [...answer.array!.shape], 'the shape that was told')
      assert.equal(lazy.dtype, answer.array!.dtype)
      assertSame(await computed(lazy), answer.array!, `chunks ${chunks}`, tolerance)
    }
  })

for (const [name, ours, code] of CREATION)
  test(`${name}: ${code}`, async () => {
    assertSame(await computed(ours()), (await numpy.eval(code)).array!, name)
  })
