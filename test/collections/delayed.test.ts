// Delayed functions and values: what they stand for, what they refuse, and graphs of 100k of them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { bag, compute, delayed, isDelayed } from '../../runtime/collections/index.ts'
import { TaskGraph } from '../../runtime/graph/taskGraph.ts'
import { computeInProcess, Held } from '../kit/runGraph.ts'

const executor = computeInProcess()

const add = delayed((a: number, b: number) => a + b)
const sum = delayed((numbers: number[]) => numbers.reduce((a, b) => a + b, 0))

test('calls make a graph, and compute runs it', async () => {
  assert.equal(await add(add(1, 2), add(3, 4)).compute(), 10)
  assert.equal(executor.last.tasks, 3)
  assert.equal(await sum([1, 2, 3].map((x) => add(x, x))).compute(), 12)
})

test('a value used twice is computed once', async () => {
  let calls = 0
  const slow = delayed(() => {
    calls++
    return 21
  })()
  assert.deepEqual(await compute(add(slow, slow), slow), [42, 21])
  assert.equal(calls, 1)
})

test('delayed values are found in plain lists and objects at any depth, and in nothing else', async () => {
  const show = delayed((value: { list: { x: number }[]; kept: Map<string, number> }) =>
    JSON.stringify([value.list, ...value.kept]),
  )
  const kept = new Map([['k', 1]])
  assert.equal(
    await show({ list: [{ x: add(1, 1) }, { x: 5 }], kept }).compute(),
    '[[{"x":2},{"x":5}],["k",1]]',
  )
  const circle: unknown[] = [1]
  circle.push(circle)
  assert.ok(isDelayed(delayed((list: unknown) => list)(circle)))
})

test('properties, items and methods are delayed too', async () => {
  const user = delayed((name: string) => ({ name, tags: ['a', 'b'], greet: undefined as unknown }))('Ann')
  assert.equal(await user.name.compute(), 'Ann')
  assert.equal(await user.name.toUpperCase().compute(), 'ANN')
  assert.equal(await user.tags[1].compute(), 'b')
  assert.equal(await user.tags.length.compute(), 2)
  assert.equal(await user.tags.concat(['c']).join(delayed('-')).compute(), 'a-b-c')
  const named = delayed({ compute: 7 })
  assert.equal(await delayed.get(named, 'compute').compute(), 7)
  await assert.rejects(
    user.greet
      .compute()
      .then(async () => (user as never as { greet(): { compute(): Promise<unknown> } }).greet().compute()),
    {
      name: 'DelayedAccessError',
      message: '.greet of a delayed value is called, but it is not there',
    },
  )
  const nothing = delayed((): { x: { y: number } } => undefined as never)()
  await assert.rejects(nothing.x.y.compute(), {
    message: '.x is asked of a delayed value, but that is undefined',
  })
})

test('nout splits several results', async () => {
  const divide = delayed((a: number, b: number) => [Math.floor(a / b), a % b] as const, { nout: 2 })
  const [quotient, rest] = divide(17, 5)
  assert.deepEqual(await compute(quotient, rest), [3, 2])
  assert.deepEqual(await divide(9, 2)[1].compute(), 1)
  const few = delayed(() => [1], { nout: 2 })()
  await assert.rejects(few[0].compute(), {
    message: 'a delayed function was said to give 2 results (nout), but gave a list of 1',
  })
  assert.throws(() => delayed(() => [1], { nout: 0 }), {
    name: 'DelayedOptionError',
    message: /whole number ≥ 1, not 0/,
  })
})

test('values, bags and their reductions are arguments like any other', async () => {
  const numbers = bag.range(10, { partitions: 3 })
  assert.equal(await sum(numbers).compute(), 45)
  assert.equal(await add(numbers.sum(), numbers.max()).compute(), 54)
  assert.deepEqual(await delayed([numbers.count(), { top: numbers.topK(2) }]).compute(), [
    10,
    { top: [9, 8] },
  ])
  assert.deepEqual(await delayed(numbers).length.compute(), 10)
  assert.deepEqual(
    await numbers
      .map((x, by) => x * by, add(1, 1))
      .topK(1)
      .compute(),
    [18],
  )
  // What stands on results that are held, as futures do, is left for the session to resolve.
  assert.equal(await add(new Held(5) as never as number, 1).compute(), 6)
})

test('persist keeps the value', async () => {
  let calls = 0
  const held = await delayed(() => ({ n: ++calls }))().persist()
  assert.equal(await held.n.compute(), 1)
  assert.equal(await add(held.n, held.n).compute(), 2)
  assert.equal(calls, 1)
})

test('list.map(delayed(fn)) gives items alone, and more only to a function that names more', async () => {
  const double = delayed((x: number) => x * 2)
  const parts = [1, 2, 3].map(double)
  assert.equal(await sum(parts).compute(), 12)
  const graph = new TaskGraph()
  parts[0].buildTasks(graph)
  assert.deepEqual(graph.args, [[1]])
  const numbered = delayed((x: string, i: number) => `${x}${i}`)
  assert.deepEqual(await delayed(['a', 'b'].map(numbered)).compute(), ['a0', 'b1'])
})

test('options and purity reach the group; equal calls share one', () => {
  const graph = new TaskGraph()
  const roll = delayed(function roll() {
    return Math.random()
  })
  const named = delayed((x: number) => x, { name: 'kept', pure: true, retries: 3 })
  delayed([roll(), roll(), named(1), named(2)]).buildTasks(graph)
  const summary = graph.groups.map(({ name, pure, options, kind }) => ({ name, pure, options, kind }))
  assert.deepEqual(summary, [
    { name: 'roll', pure: false, options: {}, kind: 'delayed' },
    { name: 'kept', pure: true, options: { retries: 3 }, kind: 'delayed' },
    { name: 'value', pure: true, options: {}, kind: 'delayed' },
  ])
})

test('a delayed value refuses to be used as if it were there', async () => {
  const value = add(1, 2)
  assert.throws(() => Number(value), {
    name: 'DelayedUseError',
    message: /the delayed value of delayed is not there yet and cannot be used in a calculation/,
  })
  assert.throws(() => `${value}`, /put that into a delayed function, or await its compute\(\)/)
  assert.throws(() => [...(value as never as number[])], /give its function nout/)
  assert.throws(() => JSON.stringify(value), /cannot be written as JSON/)
  assert.throws(() => {
    ;(value as never as { x: number }).x = 1
  }, /\.x of the delayed value .* cannot be set/)
  assert.equal(await value, value, 'awaiting it is not computing it')
  assert.equal(inspect(value), 'Delayed(delayed)')
  assert.equal(isDelayed(value), true)
  assert.equal(isDelayed(bag.range(1)), false)
  assert.equal(isDelayed({ compute: 1 }), false)
})

test('100k tasks are built wide and deep without recursion, as one group', () => {
  const wide = new TaskGraph()
  const parts = Array.from({ length: 100_000 }, (_, i) => add(i, 1))
  sum(parts).buildTasks(wide)
  assert.deepEqual([wide.size, wide.groups.length], [100_001, 2])
  const deep = new TaskGraph()
  let total = add(0, 0)
  for (let i = 0; i < 100_000; i++) total = add(total, i)
  total.buildTasks(deep)
  assert.deepEqual([deep.size, deep.groups.length], [100_001, 1])
})

test('delayed values are found in maps and sets, among keys too', async () => {
  const two = add(1, 1)
  const shown = delayed((map: Map<unknown, unknown>, set: Set<unknown>) => [[...map], [...set]])
  assert.deepEqual(
    await shown(
      new Map<unknown, unknown>([
        ['a', [two]],
        [two, new Set([1])],
      ]) as never,
      new Set([two, 5]) as never,
    ).compute(),
    [
      [
        ['a', [2]],
        [2, new Set([1])],
      ],
      [2, 5],
    ],
  )
})

test('no delayed value can stand in data that holds itself', () => {
  const ring: Record<string, unknown> = { n: 3 }
  ring.self = ring
  const given = delayed((x: unknown) => x)
  assert.equal(given(ring).buildTasks(new TaskGraph()).length, 1)
  ring.n = add(1, 2)
  assert.throws(() => given(ring).buildTasks(new TaskGraph()), {
    message:
      'a delayed value stands in a list or object that holds itself, and cannot be replaced there: give it as an argument of its own',
  })
})
