// Arrays cut otherwise: the steps that lead there, the tasks that come of it, and that no element changes its place.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { needsPieces, rechunkSteps, timesBrought } from '../../runtime/collections/array/rechunkPlan.ts'
import { array } from '../../runtime/collections/index.ts'
import { buildTogether } from '../../runtime/graph/collection.ts'
import { TaskGraph } from '../../runtime/graph/taskGraph.ts'
import type { Chunks } from '../../runtime/kernels/array/grid.ts'
import { NdArray } from '../../runtime/kernels/array/ndArray.ts'
import { computeInProcess } from '../kit/runGraph.ts'

computeInProcess()

const sizeOf = (chunks: Chunks): number => chunks.reduce((size, lengths) => size * lengths.length, 1)
const sum = (lengths: readonly number[]): number => lengths.reduce((a, b) => a + b, 0)
const even = (count: number, length: number): number[] => new Array<number>(count).fill(length)

/** What of an axis all new blocks bring, block by block. */
function brought(from: readonly number[], to: readonly number[]): number {
  const spans = (lengths: readonly number[]) =>
    lengths.map((length, i) => ({ start: sum(lengths.slice(0, i)), length }))
  let total = 0
  for (const made of spans(to))
    for (const read of spans(from))
      if (read.start < made.start + made.length && made.start < read.start + read.length) total += read.length
  return total / sum(from)
}

const lengthsOf = (total: number) =>
  fc.array(fc.integer({ min: 1, max: total - 1 }), { maxLength: 8 }).map((cuts) => {
    const ends = [...new Set(cuts), total].sort((a, b) => a - b)
    return ends.map((end, i) => end - (ends[i - 1] ?? 0))
  })

test('how often an array is brought is counted as block by block', () => {
  fc.assert(
    fc.property(lengthsOf(24), lengthsOf(24), lengthsOf(9), lengthsOf(9), (a, b, c, d) => {
      const expected = brought(a, b) * brought(c, d)
      assert.ok(Math.abs(timesBrought([a, c], [b, d]) - expected) < 1e-9 * expected)
    }),
    { seed: 7, numRuns: 500 },
  )
})

test('rows become columns in one step, by pieces', () => {
  const [rows, columns] = [
    [even(60, 100), [6000]],
    [[6000], even(60, 100)],
  ]
  assert.equal(timesBrought(rows, columns), 60)
  assert.ok(needsPieces(rows, columns))
  assert.deepEqual(rechunkSteps(rows, columns), [columns])
})

test('blocks that are joined or cut into are brought whole', () => {
  assert.ok(!needsPieces([even(8, 10)], [even(2, 40)]))
  assert.ok(!needsPieces([even(2, 40)], [even(2, 40)]))
  assert.ok(!needsPieces([even(30, 10), even(30, 10)], [even(20, 15), even(20, 15)]))
})

test('of a thousand rows a thousand columns are made over blocks between, by few pieces', () => {
  const [rows, columns] = [
    [even(1000, 4), [4000]],
    [[4000], even(1000, 4)],
  ]
  const steps = rechunkSteps(rows, columns)
  assert.ok(steps.length > 1)
  assert.deepEqual(steps.at(-1), columns)
  let at: Chunks = rows
  let pieces = 0
  for (const step of steps) {
    assert.deepEqual(step.map(sum), [4000, 4000])
    pieces += sizeOf(step) + sizeOf(at)
    at = step
  }
  assert.ok(pieces < 20_000, `${pieces}`)
})

test('a block is cut before it is brought, where it is made or kept by a task', () => {
  const names = (x: { buildTasks: unknown }): string[] => {
    const graph = new TaskGraph()
    buildTogether(graph, [x as never])
    return graph.groups.map(
      (group) => `${graph.group.filter((each) => graph.groups[each] === group).length} ${group.name}`,
    )
  }
  const table = NdArray.from(Array.from({ length: 64 }, (_, i) => i)).reshape([8, 8]) as NdArray
  const kept = array.fromArray(table, { chunks: [1, -1] }).mapBlocks((block) => block)
  assert.deepEqual(names(kept.rechunk([-1, 1])), ['8 mapBlocks', '64 rechunk', '8 rechunk'])
  // What is only drawn is drawn where it is needed.
  const drawn = array.random.uniform({ shape: [8, 8], chunks: [1, -1], seed: 1 })
  assert.deepEqual(names(drawn.rechunk([-1, 1])), ['8 random.uniform-rechunk'])
})

test('rows beside columns meet in pieces, and a row that is repeated does not', () => {
  const names = (x: { buildTasks: unknown }): string[] => {
    const graph = new TaskGraph()
    buildTogether(graph, [x as never])
    return graph.groups.map((group) => group.name)
  }
  const table = NdArray.from(Array.from({ length: 64 }, (_, i) => i)).reshape([8, 8]) as NdArray
  const kept = array.fromArray(table, { chunks: [1, -1] }).mapBlocks((block) => block)
  assert.deepEqual(names(kept.add(kept.T)), ['mapBlocks', 'rechunk', 'rechunk', 'add'])
  // Three blocks at most are brought where one is read: none of those is cut.
  const few = array.fromArray(table, { chunks: [3, -1] }).mapBlocks((block) => block)
  assert.deepEqual(names(few.add(few.T)), ['mapBlocks', 'add'])
  assert.deepEqual(names(kept.add(array.arange(8, { chunks: 1 }))), ['mapBlocks', 'rechunk', 'add'])
  const drawn = array.random.uniform({ shape: [8, 8], chunks: [1, -1], seed: 1 })
  assert.deepEqual(names(drawn.add(drawn.T)), ['random.uniform-add'])
})

test('no element changes its place, whatever the cuts', async () => {
  await fc.assert(
    fc.asyncProperty(lengthsOf(12), lengthsOf(12), lengthsOf(10), lengthsOf(10), async (a, b, c, d) => {
      const table = NdArray.from(Array.from({ length: 120 }, (_, i) => i)).reshape([12, 10]) as NdArray
      const x = array.fromArray(table, { chunks: [a, c] }).mapBlocks((block) => block)
      const cut = x.add(1).rechunk([b, d])
      assert.deepEqual(cut.chunks, [b, d])
      assert.deepEqual(
        (await cut.multiply(2).compute()).toList(),
        (table.add(1).multiply(2) as NdArray).toList(),
      )
      assert.deepEqual(
        (await cut.T.rechunk([c, a]).compute()).toList(),
        (table.add(1) as NdArray).transpose().toList(),
      )
      // Operands of other cuts meet in the cuts of both.
      const other = array.fromArray(table, { chunks: [b, d] }).mapBlocks((block) => block)
      assert.deepEqual((await x.add(other).compute()).toList(), (table.multiply(2) as NdArray).toList())
    }),
    { seed: 11, numRuns: 60 },
  )
})
