// Graph messages: columns, digests, dependencies, options and keys, read back by the same codec that workers use.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readArguments } from '../../runtime/functions/argumentList.ts'
import { CannotTravelError } from '../../runtime/functions/cannotTravel.ts'
import { NO_KERNELS } from '../../runtime/functions/kernelNames.ts'
import type { Lifter } from '../../runtime/functions/lifter.ts'
import { hashText } from '../../runtime/graph/hash128.ts'
import { type GraphGroup, TaskGraph, type TaskRef } from '../../runtime/graph/taskGraph.ts'
import { decodeFrame, encodeFrame } from '../../runtime/protocol/frame.ts'
import { hexOf } from '../../runtime/protocol/ids.ts'
import { CLIENT_MESSAGES, type GraphMessage } from '../../runtime/protocol/messages.ts'
import { annotate } from '../../runtime/session/annotate.ts'
import { encodeGraph } from '../../runtime/session/encodeGraph.ts'
import { UsageError } from '../../runtime/session/errors.ts'
import { Future, FutureBatch, type FutureHolder } from '../../runtime/session/future.ts'
import { FutureTable } from '../../runtime/session/futureTable.ts'
import { GraphWriter } from '../../runtime/session/graphWriter.ts'

// Stands for the lifter: a function's text is its meaning.
const lifter = {
  liftCallable: (fn: () => unknown) => ({
    bytes: new TextEncoder().encode(fn.name),
    digest: hashText(String(fn)),
    id: hexOf(hashText(String(fn))),
    modules: [`module-${fn.name}`],
    label: fn.name,
    warnings: [],
  }),
} as unknown as Lifter

const inc = (x: number): number => x + 1
const add = (a: number, b: number): number => a + b

function setUp(): { table: FutureTable; writer(): GraphWriter; future(handle: number): Future } {
  const table = new FutureTable()
  const holder = {
    release: () => {},
    key: (h: number) => table.key(h),
    status: (h: number) => table.statusName(h),
  }
  const batch = new FutureBatch(holder as unknown as FutureHolder, 1, 100)
  let serial = 0
  return {
    table,
    writer: () =>
      new GraphWriter(serial++, {
        lifter,
        kernels: NO_KERNELS,
        table,
        holder: holder as unknown as FutureHolder,
        warn: () => {},
      }),
    future: (handle) => new Future(batch, handle),
  }
}

const group = (fn: GraphGroup['fn'], more: Partial<GraphGroup> = {}): GraphGroup => ({
  fn,
  name: fn.name,
  bound: [],
  options: {},
  pure: true,
  ...more,
})

/** The message as the scheduler gets it. */
const sent = (writer: GraphWriter): GraphMessage =>
  decodeFrame(CLIENT_MESSAGES, encodeFrame(CLIENT_MESSAGES, writer.finish())) as GraphMessage

const argsOf = (message: GraphMessage, task: number): unknown[] =>
  readArguments(message.args.subarray(message.argOffsets[task], message.argOffsets[task + 1]), {
    reference: (n) => `#${n}`,
  })

const digestsOf = (message: GraphMessage): string[] =>
  Array.from(message.group, (_, task) => hexOf(message.digests, task * 16))

test('tasks of one function: one callable, one group, their arguments and handles in columns', () => {
  const { table, writer } = setUp()
  const graph = writer()
  const number = graph.addGroup(group(inc, { kind: 'map', file: '/a.ts', line: 3, column: 5 }))
  for (const x of [1, 2, 1]) graph.addTask(number, [x])
  const first = table.allocate(3, 'inc')
  graph.want(0, first, 3)
  const message = sent(graph)
  assert.deepEqual(message.groups, [{ name: 'inc', kind: 'map', file: '/a.ts', line: 3, column: 5 }])
  assert.deepEqual([...message.group], [0, 0, 0])
  assert.deepEqual([...message.callable], [0, 0, 0])
  assert.deepEqual(new TextDecoder().decode(message.callableBytes), 'inc')
  assert.deepEqual(message.callableModules, [['module-inc']])
  assert.deepEqual(
    [0, 1, 2].map((task) => argsOf(message, task)),
    [[1], [2], [1]],
  )
  assert.deepEqual([...message.dependencyOffsets], [0, 0, 0, 0])
  assert.deepEqual([...message.wanted], [0, 1, 2])
  assert.deepEqual([...message.handles], [first, first + 1, first + 2])
  const digests = digestsOf(message)
  assert.equal(digests[0], digests[2], 'the same content has the same key')
  assert.notEqual(digests[0], digests[1])
  assert.equal(table.key(first), `inc-${digests[0]}`)
  assert.deepEqual([...graph.modules], ['module-inc'])
})

test('a task graph keeps its order: references become dependencies, each once a task', () => {
  const { writer } = setUp()
  const tasks = new TaskGraph()
  const ones = tasks.addGroup({ fn: inc })
  const sums = tasks.addGroup({ fn: add })
  const a = tasks.addTask(ones, [1])
  const b = tasks.addTask(ones, [2])
  tasks.addTask(sums, [a, { deep: [b, a] }])
  const graph = writer()
  encodeGraph(tasks, graph)
  const message = sent(graph)
  assert.deepEqual([...message.dependencyOffsets], [0, 0, 0, 2])
  assert.deepEqual([...message.dependencies], [0, 1])
  assert.deepEqual(argsOf(message, 2), ['#0', { deep: ['#1', '#0'] }])
  assert.deepEqual([...message.callable], [0, 0, 1])
})

test('each dependency stands once in a task, however many there are', () => {
  const { writer } = setUp()
  for (const count of [1, 23, 24, 25, 26, 1000]) {
    const tasks = new TaskGraph()
    const ones = tasks.addGroup({ fn: inc })
    const refs = Array.from({ length: count }, (_, i) => tasks.addTask(ones, [i]))
    const sums = tasks.addGroup({ fn: add })
    tasks.addTask(sums, [refs, [...refs].reverse()])
    tasks.addTask(sums, [refs.slice(0, 1), refs.slice(-1)])
    const graph = writer()
    encodeGraph(tasks, graph)
    const message = sent(graph)
    const places = refs.map((_, i) => i)
    const own = message.dependencies.subarray(0, message.dependencyOffsets[count + 1])
    assert.deepEqual([...own], places)
    const names = places.map((i) => `#${i}`)
    assert.deepEqual(argsOf(message, count), [names, [...names].reverse()])
    assert.deepEqual(argsOf(message, count + 1), [['#0'], [count === 1 ? '#0' : '#1']])
  }
})

test('the key of a task depends on its dependencies', () => {
  const { writer } = setUp()
  const keyOfSum = (x: number): string => {
    const tasks = new TaskGraph()
    const a = tasks.addTask(tasks.addGroup({ fn: inc }), [x])
    tasks.addTask(tasks.addGroup({ fn: inc }), [a])
    const graph = writer()
    encodeGraph(tasks, graph)
    return digestsOf(sent(graph))[1]
  }
  assert.equal(keyOfSum(1), keyOfSum(1))
  assert.notEqual(keyOfSum(1), keyOfSum(2))
})

test('a future of an earlier graph is an external, one of this graph a task of it; both give the same key', () => {
  const { table, writer, future } = setUp()
  const one = writer()
  const handle = table.allocate(1, 'inc')
  one.want(one.addTask(one.addGroup(group(inc)), [1]), handle)
  const next = one.addTask(one.addGroup(group(add)), [future(handle), 2])
  const first = sent(one)
  assert.deepEqual([...first.dependencies], [0])

  const two = writer()
  two.addTask(two.addGroup(group(add)), [future(handle), 2])
  const second = sent(two)
  assert.deepEqual([...second.dependencies], [-1])
  assert.equal(hexOf(second.externals), digestsOf(first)[0])
  assert.equal(digestsOf(second)[0], digestsOf(first)[next])
})

test('calls in a loop share a group; another place, option or function makes another', () => {
  const { writer } = setUp()
  const graph = writer()
  const numbers = [
    graph.groupOfCall(group(inc, { line: 1, file: 'a' })),
    graph.groupOfCall(group(inc, { line: 1, file: 'a' })),
    graph.groupOfCall(group(inc, { line: 2, file: 'a' })),
    graph.groupOfCall(group(inc, { line: 1, file: 'a', options: { priority: 1 } })),
    graph.groupOfCall(group(add, { line: 1, file: 'a' })),
  ]
  assert.deepEqual(numbers, [0, 0, 1, 2, 3])
  for (const number of numbers) graph.addTask(number, [1])
  const message = sent(graph)
  assert.deepEqual(message.options, [{}, { priority: 1 }])
  assert.deepEqual([...message.option], [0, 0, 0, 1, 0])
  assert.equal(message.callableModules.length, 2)
})

test('a message that is begun again is as one that was never used before, whatever calls the last one had', () => {
  const { writer } = setUp()
  const calls = [
    group(inc, { line: 1, file: 'a' }),
    group(inc, { line: 1, file: 'a' }),
    group(inc, { line: 2, file: 'a', options: { priority: 1 } }),
    group(add, { line: 3, file: 'a' }),
  ]
  const used = writer()
  for (const last of calls)
    for (const next of calls) {
      used.begin(1)
      for (const call of [last, next]) used.addTask(used.groupOfCall(call), [1, 2])
      used.begin(2)
      used.addTask(used.groupOfCall(last), [3, 4])
      used.begin(3)
      used.addTask(used.groupOfCall(next), [5])
      const fresh = writer()
      fresh.addTask(fresh.groupOfCall(next), [5])
      assert.deepEqual({ ...sent(used), graph: 0 }, { ...sent(fresh), graph: 0 })
      assert.deepEqual([...used.modules], [...fresh.modules])
      used.begin(4)
      used.addTask(used.addGroup(next), [6])
      assert.equal(sent(used).groups.length, 1)
    }
})

test('impure tasks are never the same, chosen names always are', () => {
  const { table, writer } = setUp()
  const graph = writer()
  const impure = graph.addGroup(group(inc, { pure: false }))
  graph.addTask(impure, [1])
  graph.addTask(impure, [1])
  const named = graph.addTask(graph.addGroup(group(inc)), [1])
  graph.setCustomKey(named, 'my key')
  const handle = table.allocate(1, 'inc')
  graph.want(named, handle)
  const message = sent(graph)
  const digests = digestsOf(message)
  assert.notEqual(digests[0], digests[1])
  assert.equal(digests[2], hexOf(hashText('my key')))
  assert.deepEqual([...message.customKeyTasks], [2])
  assert.deepEqual(message.customKeyNames, ['my key'])
})

test('an argument that cannot travel leaves no trace of its task', () => {
  const { table, writer, future } = setUp()
  const earlier = writer()
  const handle = table.allocate(1, 'inc')
  earlier.want(earlier.addTask(earlier.addGroup(group(inc)), [1]), handle)
  sent(earlier)
  const graph = writer()
  const number = graph.addGroup(group(add))
  graph.addTask(number, [1, 2])
  assert.throws(() => graph.addTask(number, [future(handle), Promise.resolve(1)]), CannotTravelError)
  graph.addTask(number, [3, 4])
  const message = sent(graph)
  assert.deepEqual(
    [0, 1].map((task) => argsOf(message, task)),
    [
      [1, 2],
      [3, 4],
    ],
  )
  assert.deepEqual([...message.dependencies], [])
})

test('released, cancelled and foreign futures are no arguments', () => {
  const { table, writer, future } = setUp()
  const other = setUp()
  const graph = writer()
  const number = graph.addGroup(group(inc))
  const released = table.allocate(3, 'inc')
  table.release(released)
  table.cancelled([released + 1], 'enough')
  assert.throws(() => graph.addTask(number, [future(released)]), {
    name: 'UsageError',
    message: /was released/,
  })
  assert.throws(() => graph.addTask(number, [future(released + 1)]), /is cancelled: it cannot be an argument/)
  other.table.allocate(3, 'inc')
  assert.throws(() => graph.addTask(number, [other.future(1)]), UsageError)
})

test('annotations of blocks reach the tasks of collections, whose own options win', () => {
  const { writer } = setUp()
  const tasks = new TaskGraph()
  tasks.addTask(tasks.addGroup({ fn: inc }), [1])
  tasks.addTask(tasks.addGroup({ fn: add, options: { priority: 5 } }), [1, 2])
  const graph = writer()
  annotate({ retries: 2 }, () => annotate({ priority: 1 }, () => encodeGraph(tasks, graph)))
  const message = sent(graph)
  assert.deepEqual(message.options, [
    { retries: 2, priority: 1 },
    { retries: 2, priority: 5 },
  ])
  assert.deepEqual([...message.option], [0, 1])
})

test('a graph is written alike from lists of arguments and from columns of references', () => {
  const { writer } = setUp()
  const width = 7
  const build = (asColumns: boolean, pure: boolean): GraphMessage => {
    const graph = new TaskGraph()
    const step = graph.addGroup({ fn: add, pure })
    let row: TaskRef[] = []
    for (let t = 0; t < 5; t++) {
      const before = row
      row = []
      for (let x = 0; x < width; x++) {
        const near = before.slice(Math.max(0, x - 1), x + 2)
        const args: unknown[] = x % 2 === 0 ? near : [x, ...near]
        row.push(graph.addTask(step, args))
        // As it was given, which `encodeGraph` writes value by value.
        if (!asColumns) graph.args[graph.size - 1] = args
      }
    }
    const writing = writer()
    encodeGraph(graph, writing)
    return { ...sent(writing), graph: 0 }
  }
  assert.deepEqual(build(true, true), build(false, true))
  const impure = digestsOf(build(true, false))
  assert.equal(new Set(impure).size, impure.length, 'no two impure tasks share a key')
})
