// Large arguments: held once by content, in a graph in front of the one whose tasks take them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readArguments } from '../../runtime/functions/argumentList.ts'
import { NO_KERNELS } from '../../runtime/functions/kernelNames.ts'
import type { Lifter } from '../../runtime/functions/lifter.ts'
import { hashText } from '../../runtime/graph/hash128.ts'
import { hexOf } from '../../runtime/protocol/ids.ts'
import type { GraphMessage } from '../../runtime/protocol/messages.ts'
import { Future, FutureBatch, type FutureHolder } from '../../runtime/session/future.ts'
import { FutureTable } from '../../runtime/session/futureTable.ts'
import { GraphWriter } from '../../runtime/session/graphWriter.ts'
import { HeldArguments } from '../../runtime/session/heldArguments.ts'

const lifter = {
  liftCallable: (fn: () => unknown) => ({
    bytes: new TextEncoder().encode(fn.name),
    digest: hashText(fn.name),
    id: hexOf(hashText(fn.name)),
    modules: [],
    label: fn.name,
    warnings: [],
  }),
} as unknown as Lifter

const sum = (values: Float64Array): number => values.length
const large = (first = 0): Float64Array => new Float64Array(10_000).fill(1).with(0, first)

function setUp() {
  const table = new FutureTable()
  const holder = { release: () => {}, releaseRange: () => {} } as unknown as FutureHolder
  const warnings: string[] = []
  const released: number[] = []
  let serial = 0
  const make = (held: HeldArguments | undefined): GraphWriter =>
    new GraphWriter(serial++, { lifter, kernels: NO_KERNELS, table, holder, warn: () => {}, large: held })
  const held = new HeldArguments({
    kernels: NO_KERNELS,
    lifter,
    table,
    newGraph: () => make(undefined),
    release: (handles) => void released.push(...handles),
    warn: (text) => void warnings.push(text),
  })
  const group = { fn: sum, name: 'sum', kind: 'submit', bound: [], options: {}, pure: true }
  const writer = (kind = 'submit') => {
    const graph = make(held)
    const number = graph.addGroup({ ...group, kind })
    return { graph, add: (...args: unknown[]) => graph.addTask(number, args) }
  }
  /** The messages of a graph, as a connection sends them. */
  const send = (graph: GraphWriter): [brought: GraphMessage | undefined, own: GraphMessage] => {
    const before = graph.takeHeld()
    const brought = before?.finish()
    if (before) held.sent(before)
    return [brought, graph.finish()]
  }
  return { table, held, writer, send, warnings, released, batch: new FutureBatch(holder, 1, 10) }
}

/** What a worker gives a task: large arguments are dependencies whose value is their encoding. */
function read(own: GraphMessage, task: number, brought: readonly GraphMessage[]): unknown[] {
  const encodings = new Map<string, unknown>()
  for (const graph of brought)
    graph.group.forEach((_, i) => {
      const list = graph.args.subarray(graph.argOffsets[i], graph.argOffsets[i + 1])
      encodings.set(hexOf(graph.digests, i * 16), readArguments(list)[0])
    })
  const from = own.dependencyOffsets[task]
  return readArguments(own.args.subarray(own.argOffsets[task], own.argOffsets[task + 1]), {
    reference: (n) => {
      const external = -1 - own.dependencies[from + n]
      return encodings.get(hexOf(own.externals, external * 16)) ?? `dependency ${n}`
    },
  })
}

test('equal large arguments travel once, in front; each task reads a copy of its own', () => {
  const { writer, send } = setUp()
  const { graph, add } = writer()
  add(large(), 1)
  add(large(), 2)
  add(large(7), 3)
  const [brought, own] = send(graph)
  assert.equal(brought?.digests.length, 32, 'two contents')
  assert.ok(own.args.length < 100)
  assert.deepEqual(read(own, 1, [brought!]), [large(), 2])
  const [third] = read(own, 2, [brought!]) as [Float64Array]
  assert.deepEqual(third, large(7))
  third[0] = 8
  assert.deepEqual(read(own, 2, [brought!])[0], large(7), 'a change is lost with its run')
})

test('an argument that is changed between two calls is two', () => {
  const { writer, send } = setUp()
  const { graph, add } = writer()
  const values = large()
  add(values)
  values[0] = 9
  add(values)
  const [brought, own] = send(graph)
  assert.deepEqual(
    [0, 1].map((task) => (read(own, task, [brought!])[0] as Float64Array)[0]),
    [0, 9],
  )
})

test('one object in two places of a list stays one', () => {
  const { writer, send } = setUp()
  const { graph, add } = writer()
  const rows = Array.from({ length: 9000 }, (_, i) => ({ i }))
  add(rows, rows, 'x'.repeat(70_000))
  const [brought, own] = send(graph)
  const [a, b, text] = read(own, 0, [brought!])
  assert.deepEqual(a, rows)
  assert.equal(a, b)
  assert.equal((text as string).length, 70_000)
})

test('arguments that are views of one buffer are views of one there, whatever their size', () => {
  const { writer, send } = setUp()
  const { graph, add } = writer()
  const buffer = new ArrayBuffer(200_000)
  const left = new Float64Array(buffer, 0, 12_500).fill(1)
  const right = new Float64Array(buffer, 100_000, 12_500).fill(2)
  const head = new DataView(buffer, 0, 16)
  const apart = large()
  add(left, right, 'small', head, apart)
  add(left, right, left, head)
  add(left, left)
  add(new Uint8Array(buffer, 0, 8), new Uint8Array(buffer, 8, 8))
  const [brought, own] = send(graph)
  // The three together, the one that stands apart, the three once more as that call has them, and one twice.
  assert.deepEqual(brought && [...brought.group].length, 4)
  const [a, b, text, c, d] = read(own, 0, [brought!]) as [
    Float64Array,
    Float64Array,
    string,
    DataView,
    Float64Array,
  ]
  assert.deepEqual([a, b, text, d], [left, right, 'small', apart])
  assert.equal(c.byteLength, 16)
  assert.ok(a.buffer === b.buffer && b.buffer === c.buffer && d.buffer !== a.buffer)
  c.setFloat64(8, 5, true)
  assert.equal(a[1], 5)
  const [e, f, g] = read(own, 1, [brought!]) as Float64Array[]
  assert.ok(e === g && e.buffer === f.buffer)
  const [h, i] = read(own, 2, [brought!])
  assert.ok(h === i)
  const [j, k] = read(own, 3, []) as Uint8Array[]
  assert.equal(j.buffer, k.buffer)
})

test('what a later graph is given again is not sent again, unless the graph that brings it never went', () => {
  const { writer, send } = setUp()
  const lost = writer()
  lost.add(large())
  const first = writer()
  first.add(large())
  const [brought] = send(first.graph)
  assert.ok(brought, 'the first graph was never sent')
  const second = writer()
  second.add(large())
  const [again, own] = send(second.graph)
  assert.equal(again, undefined)
  assert.deepEqual(read(own, 0, [brought]), [large()])
})

test('an argument whose result is gone is sent again', () => {
  const { table, writer, send } = setUp()
  const first = writer()
  first.add(large())
  const [brought] = send(first.graph)
  table.cancelled(brought!.handles, 'gone')
  const second = writer()
  second.add(large())
  assert.ok(send(second.graph)[0])
})

test('small arguments, those with futures in them, and those of collections stay in the graph', () => {
  const { table, writer, send, batch } = setUp()
  const future = new Future(batch, table.allocate(1, 'f'))
  const { graph, add } = writer()
  add(new Float64Array(100), [1, 2])
  add({ future, values: large() })
  const [brought, own] = send(graph)
  assert.equal(brought, undefined)
  assert.deepEqual(read(own, 1, []), [{ future: 'dependency 0', values: large() }])
  const bag = writer('map partitions')
  bag.add(large())
  assert.equal(send(bag.graph)[0], undefined)
})

test('arguments from 1 MB on are named in a warning, once for a call', () => {
  const { writer, warnings } = setUp()
  const { add } = writer()
  add(1, new Float64Array(200_000))
  add(2, new Float64Array(300_000))
  assert.deepEqual(warnings, [
    'argument 2 of `sum` is large, 1.6 MB: it goes through the scheduler, once for equal ones. ' +
      'To bring it to workers directly, scatter it first and pass the future: await client.scatter(value).',
  ])
})

test('more than 64 are let go of behind their turn, the longest unused first; the others in 5 s', async (t) => {
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { writer, send, released } = setUp()
  const { graph, add } = writer()
  for (let i = 0; i < 70; i++) add(large(i))
  const handles = [...send(graph)[0]!.handles]
  await turn()
  assert.deepEqual(released, [])
  t.mock.timers.tick(1)
  await turn()
  assert.deepEqual(released, handles.slice(0, 6))
  const { now } = performance
  t.mock.method(performance, 'now', () => now.call(performance) + 5_000)
  t.mock.timers.tick(5_000)
  await turn()
  assert.deepEqual(released, handles)
})
