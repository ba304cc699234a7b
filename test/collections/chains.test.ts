// Chains of methods by chance: what fuses, shuffles and is shared in any order gives what plain lists give.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Bag } from '../../runtime/collections/bag/bag.ts'
import { bag, compute } from '../../runtime/collections/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'

computeInProcess()

/** One method, and the same on a list. Methods that shuffle are followed by a sort, since their order is their own. */
interface Step {
  name: string
  ours(items: Bag<number>): Bag<number>
  model(items: number[]): number[]
}

const smallest = (items: number[]): number[] => items.toSorted((a, b) => a - b).slice(0, 8)
const step = (name: string, ours: Step['ours'], model: Step['model']): Step => ({ name, ours, model })

const STEPS: Step[] = [
  step(
    'map',
    (b) => b.map((x) => x * 2 + 1),
    (l) => l.map((x) => x * 2 + 1),
  ),
  step(
    'async map',
    (b) => b.with({ concurrency: 2 }).map(async (x) => x - 3),
    (l) => l.map((x) => x - 3),
  ),
  step(
    'filter',
    (b) => b.filter((x) => x % 3 !== 0),
    (l) => l.filter((x) => x % 3 !== 0),
  ),
  step(
    'flatMap',
    (b) => b.flatMap((x) => [x, -x]),
    (l) => l.flatMap((x) => [x, -x]),
  ),
  step(
    'starmap',
    (b) => b.map((x): [number, number] => [x, 1]).starmap((x, y) => x + y),
    (l) => l.map((x) => x + 1),
  ),
  step(
    'mapPartitions',
    (b) => b.mapPartitions((list) => list.map((x) => x + 5)),
    (l) => l.map((x) => x + 5),
  ),
  step(
    'repartition(1)',
    (b) => b.repartition(1),
    (l) => l,
  ),
  step(
    'repartition(3)',
    (b) => b.repartition(3),
    (l) => l,
  ),
  step(
    'repartition(9)',
    (b) => b.repartition(9),
    (l) => l,
  ),
  step(
    'concat itself',
    (b) => b.concat(b),
    (l) => [...l, ...l],
  ),
  step(
    'zip itself',
    (b) => b.zip(b.map((x) => x * 10)).starmap((x, y) => x + y),
    (l) => l.map((x) => x * 11),
  ),
  step(
    'beside its own sum',
    (b) => b.map((x, sum) => x + (sum % 7), b.sum()),
    (l) => {
      const sum = l.reduce((a, x) => a + x, 0)
      return l.map((x) => x + (sum % 7))
    },
  ),
  step(
    'take',
    (b) => b.take(12),
    (l) => l.slice(0, 12),
  ),
  step(
    'accumulate',
    (b) => b.accumulate((a, x) => (a + x) % 1000),
    (l) => {
      let state: number | undefined
      return l.map((x) => (state = state === undefined ? x : (state + x) % 1000))
    },
  ),
  step(
    'distinct',
    (b) => b.distinct(),
    (l) => [...new Set(l)],
  ),
  step('topK', (b) => b.topK(8, (x) => -x), smallest),
  step(
    'groupBy',
    (b) =>
      b
        .groupBy((x) => x % 5, { partitions: 2 })
        .flatMap(([, items]) => items)
        .topK(8, (x) => -x),
    smallest,
  ),
  step(
    'frequencies',
    (b) =>
      b
        .frequencies({ partitions: 3 })
        .map(([x]) => x)
        .topK(8, (x) => -x),
    (l) => smallest([...new Set(l)]),
  ),
  step(
    'join itself',
    (b) =>
      b
        .distinct()
        .join(
          b,
          (x) => x,
          (y) => y,
        )
        .pluck(1)
        .topK(8, (x) => -x),
    smallest,
  ),
  step(
    'delayed parts',
    (b) => bag.fromDelayed(b.toDelayed()),
    (l) => l,
  ),
]

const chain = fc.array(fc.constantFrom(...STEPS), { minLength: 1, maxLength: 6 })
// −0 is 0 in a reduction by key and is not in a list, so it never stands at the start.
const items = fc.array(fc.integer({ min: -20, max: 20 }), { maxLength: 40 })
const plainZero = (list: number[]): number[] => list.map((x) => x + 0)

test('any chain of methods gives what a list gives', async () => {
  await fc.assert(
    fc.asyncProperty(items, fc.integer({ min: 1, max: 6 }), chain, async (list, partitions, steps) => {
      let ours = bag.fromSequence(list, { partitions })
      let model = list
      for (const { ours: apply, model: same } of steps) {
        ours = apply(ours).map((x) => x + 0)
        model = plainZero(same(model))
      }
      assert.deepEqual(await ours.compute(), model, steps.map(({ name }) => name).join(' → '))
    }),
    { numRuns: 300, seed: 2026 },
  )
})

test('chains that share a beginning give together what each gives alone', async () => {
  await fc.assert(
    fc.asyncProperty(items, chain, chain, chain, async (list, first, second, third) => {
      const source = bag.range(list.length, { partitions: 3 }).map(
        (i, all) => all[i],
        bag.fromSequence([list], { partitions: 1 }).fold((a) => a),
      )
      const through = (start: Bag<number>, steps: Step[]): Bag<number> =>
        steps.reduce((bag, { ours }) => ours(bag).map((x) => x + 0), start)
      const onList = (start: number[], steps: Step[]): number[] =>
        steps.reduce((all, { model }) => plainZero(model(all)), start)
      const stem = through(source, first)
      const [left, right, count] = await compute(through(stem, second), through(stem, third), stem.count())
      const root = onList(list, first)
      assert.deepEqual([left, right, count], [onList(root, second), onList(root, third), root.length])
    }),
    { numRuns: 150, seed: 7 },
  )
})
