// How arrays become tasks: what is fused, what is kept, what is refused before anything runs.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { array } from '../../runtime/collections/index.ts'
import type { Collection } from '../../runtime/graph/collection.ts'
import { buildTogether } from '../../runtime/graph/collection.ts'
import { ReferenceArgs } from '../../runtime/graph/referenceArgs.ts'
import { NumberedArgs, TaskGraph } from '../../runtime/graph/taskGraph.ts'
import { NdArray } from '../../runtime/kernels/array/ndArray.ts'
import { computeInProcess } from '../kit/runGraph.ts'

const executor = computeInProcess()

/** The names of the tasks of collections, with how many there are of each. */
function tasksOf(...collections: Collection[]): Record<string, number> {
  const graph = new TaskGraph()
  buildTogether(graph, collections)
  const counts: Record<string, number> = {}
  for (const group of graph.group)
    counts[graph.groups[group].name] = (counts[graph.groups[group].name] ?? 0) + 1
  return counts
}

test('a chain of functions and the reduction that ends it are one task a block', () => {
  const x = array.ones([40, 40], { chunks: 10 })
  assert.deepEqual(tasksOf(x.add(1).multiply(2).sqrt().sum()), {
    'add-multiply-sqrt-sum': 16,
    'sum-join': 4,
    sum: 1,
  })
})

test('random numbers are drawn again rather than kept, costly ones are kept when several need them', () => {
  const x = array.random.uniform({ shape: [20, 20], chunks: 10, seed: 1 })
  assert.deepEqual(tasksOf(x.add(x.T).mean()), { 'random.uniform-add-mean': 4, mean: 1 })
  const y = array.random.normal({ shape: [20, 20], chunks: 10, seed: 1 }).exp()
  const counts = tasksOf(y.add(y.T).mean())
  assert.equal(counts['random.normal-exp'], 4)
  assert.equal(counts['add-mean'], 4)
  // Used twice, but element by element: once in the same loop.
  assert.deepEqual(tasksOf(y.multiply(y).sum()), { 'random.normal-exp-multiply-sum': 4, sum: 1 })
})

test('equal parts of an expression are computed once', () => {
  const x = array.random.uniform({ shape: [10], seed: 1 })
  const text = x.multiply(2).exp().add(x.multiply(2).exp()).explain()
  assert.equal(text.match(/Math\.exp/g)?.length, 1)
})

test('explain tells the tasks, the expression and the source of its loop', () => {
  const text = array.arange(100, { chunks: 25 }).multiply(2).sum().explain()
  assert.match(text, /^5 tasks\n/)
  assert.match(text, /4 × multiply-arange-sum|4 × multiply-sum/)
  assert.match(text, /multiply\(place\(0; 1\), 2\) → sum over axes 0/)
  assert.match(text, /for \(let i = 0; i < n0; i\+\+\) \{/)
})

test('a slice of something created costs what the slice costs', async () => {
  const x = array
    .arange(10_000_000_000, { chunks: 1_000_000 })
    .slice('5_000_000_000:5_000_000_006:2'.replaceAll('_', ''))
  assert.deepEqual((await x.compute()).toList(), [5_000_000_000, 5_000_000_002, 5_000_000_004])
  assert.equal(executor.last.tasks, 1)
})

test('no object is made for a task that knows all from its number', () => {
  const graph = new TaskGraph()
  array.ones([1000], { chunks: 1 }).add(1).sum().buildTasks(graph)
  const numbered = new Set(graph.args.slice(0, 1000))
  assert.equal(numbered.size, 1)
  assert.ok([...numbered][0] instanceof NumberedArgs)
  assert.ok(graph.args[1000] instanceof ReferenceArgs)
  assert.deepEqual(graph.argsOf(7), [7])
})

test('a collection only builds: a function that throws survives every method but compute', async () => {
  const bad = array.ones([4], { chunks: 2 }).mapBlocks(() => {
    throw new Error('touched')
  })
  const built = bad.add(1).slice('1:').reshape([3, 1]).T.sum()
  assert.deepEqual([...built.shape], [])
  await assert.rejects(built.compute(), /touched/)
})

test('what does not fit is refused when it is built', async () => {
  const x = array.zeros([3, 4], { chunks: 2 })
  assert.throws(() => x.add(array.zeros([3])), /shapes \(3, 4\) and \(3,\) do not broadcast together/)
  assert.throws(
    () => array.zeros([5], { chunks: [[2, 2]] }),
    /chunks \[2, 2\] along axis 0 add up to 4, not to 5 \(shape \(5,\)\)/,
  )
  assert.throws(() => x.slice(3), /index 3 is out of range for axis 0 of shape \(3, 4\)/)
  assert.throws(() => x.slice(':', [0, 4]), /index 4 is out of range for axis 1/)
  assert.throws(() => x.reshape([5, 2]), /12 elements cannot be reshaped to \(5, 2\)/)
  assert.throws(
    () => array.matmul(x, x),
    /shapes \(3, 4\) and \(3, 4\) have no product: the inner lengths 4 and 3 differ/,
  )
  assert.throws(
    () => array.concatenate([x, array.zeros([2, 3])]),
    /shapes \(3, 4\) and \(2, 3\) cannot be joined along axis 0/,
  )
  assert.throws(() => array.einsum('ij,j', x, array.zeros([3])), /lengths 4 and 3 of one axis differ/)
  assert.throws(() => x.slice(x.gt(0)).reshape([2, -1]), /cannot be reshaped|not known before computing/)
  await assert.rejects(
    x.mapBlocks((block) => block.gt(0)).compute(),
    /mapBlocks: the function gave bool where float64 was expected: say so by the option dtype/,
  )
  await assert.rejects(
    x.mapBlocks((block) => block.sum(0)).compute(),
    /gave a block of shape \(2,\) where \(2, 2\) was expected/,
  )
})

test('a chain of thousands of functions needs no deep stack', async () => {
  let y = array.ones([10], { chunks: 5 })
  for (let i = 0; i < 3000; i++) y = y.add(1)
  assert.equal(await y.sum().compute(), 30_010)
})

test('times: differences, spans added, comparisons with dates', async () => {
  const d = array.fromArray(['2024-01-01', '2024-03-01T12:00:00', 'NaT'], {
    dtype: 'datetime64[s]',
    chunks: 2,
  })
  assert.equal(
    String(await d.add(3600n).compute()),
    "['2024-01-01T01:00:00' '2024-03-01T13:00:00'                 'NaT']",
  )
  assert.deepEqual((await d.slice(':2').diff().compute()).toList(), [5_227_200n])
  assert.deepEqual((await d.gt(new Date('2024-02-01')).compute()).toList(), [false, true, false])
  assert.throws(() => d.mean(), /datetime64\[s\] has no mean/)
})

test('what is no element is refused by name', () => {
  assert.throws(() => array.ones([2]).add('a' as never), /"a" is no element of an array/)
  assert.throws(() => array.fromArray('abc'), /"abc" is no element of an array/)
  assert.throws(
    () => array.ones([2]).mean('0' as never),
    /"0" names no axis: give a number, or a list of them/,
  )
})

test('lengths that only computing tells can be asked for', async () => {
  const x = array.arange(10, { chunks: 3 })
  const chosen = x.slice(x.remainder(2).eq(0))
  assert.deepEqual([...chosen.shape], [Number.NaN])
  const known = await chosen.computeChunkSizes()
  assert.deepEqual(known.chunks, [[2, 1, 2, 0]])
  assert.deepEqual((await known.reshape([5, 1]).compute()).toList(), [[0], [2], [4], [6], [8]])
  assert.equal(await chosen.sum().compute(), 20)
})

test('chunks follow what is done, and blocks can be taken out', async () => {
  const x = array.fromArray(
    NdArray.from(
      Float64Array.from({ length: 60 }, (_, i) => i),
      { shape: [6, 10] },
    ),
    { chunks: [4, [3, 7]] },
  )
  assert.deepEqual(x.chunks, [
    [4, 2],
    [3, 7],
  ])
  assert.deepEqual(x.T.chunks, [
    [3, 7],
    [4, 2],
  ])
  assert.deepEqual(x.slice('1:', '::-1').chunks, [
    [3, 2],
    [7, 3],
  ])
  assert.deepEqual(x.add(x.rechunk([3, 5])).chunks, [
    [3, 1, 2],
    [3, 2, 5],
  ])
  assert.deepEqual((await x.blocks(1, 0).compute()).toList(), [
    [40, 41, 42],
    [50, 51, 52],
  ])
  assert.deepEqual(array.zeros([100_000, 100_000]).chunks[0].length > 10, true)
})
