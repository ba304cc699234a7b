// A client's core against a scheduler's front: what is said in which order, and what replies do to futures.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NO_KERNELS } from '../../runtime/functions/kernelNames.ts'
import type { Lifter } from '../../runtime/functions/lifter.ts'
import { encodeValue } from '../../runtime/functions/valueCodec.ts'
import { hashText } from '../../runtime/graph/hash128.ts'
import { hexOf } from '../../runtime/protocol/ids.ts'
import type { ClientReply } from '../../runtime/protocol/messages.ts'
import { Connection } from '../../runtime/session/connection.ts'
import { type Call, Core } from '../../runtime/session/core.ts'
import { LostError, RefusedError } from '../../runtime/session/errors.ts'
import { Future, FutureBatch } from '../../runtime/session/future.ts'
import { mapTasks } from '../../runtime/session/mapTasks.ts'
import { type FakeOptions, type FakeScheduler, fakeScheduler } from './fakeScheduler.ts'

const lifter = {
  liftCallable: (fn: () => unknown) => ({
    bytes: new Uint8Array(1),
    digest: hashText(String(fn)),
    id: hexOf(hashText(String(fn))),
    modules: [],
    label: fn.name,
    warnings: [],
  }),
  decodeOptions: () => ({}),
} as unknown as Lifter

const inc = (x: number): number => x + 1
const call: Call = { fn: inc, group: { name: 'inc' }, options: {}, pure: true }

interface Meeting extends AsyncDisposable {
  scheduler: FakeScheduler
  core: Core
  submit(x: number): Future<number>
  /** Resolves when the scheduler has heard all that was sent so far. */
  heard(): Promise<string[]>
}

async function meet(answer?: FakeOptions['answer']): Promise<Meeting> {
  const scheduler = await fakeScheduler({
    answer: (message, say) => {
      if (message.type === 'query') say({ type: 'answer', request: message.request, value: null })
      else answer?.(message, say)
    },
  })
  const connection = await Connection.open(scheduler.address, 'test')
  const core = new Core(connection, scheduler.address, lifter, NO_KERNELS)
  return {
    scheduler,
    core,
    submit: (x) => {
      const handle = core.submit(call, [x])
      return new Future<number>(new FutureBatch(core, handle, 1), handle)
    },
    heard: async () => {
      await connection.request('info', (request) => ({ type: 'query', request, what: 'info' }))
      return scheduler.heard.filter(({ type }) => type !== 'query').map(({ type }) => type)
    },
    async [Symbol.asyncDispose]() {
      await core.close('done')
      await scheduler[Symbol.asyncDispose]()
    },
  }
}

const finished = (handle: number, value: unknown): ClientReply => {
  const { bytes } = encodeValue(value)
  return {
    type: 'finished',
    handles: Uint32Array.of(handle),
    sizes: Float64Array.of(bytes.length),
    inline: bytes,
    inlineOffsets: Uint32Array.of(0, bytes.length),
  }
}

test('calls of one turn are one graph', async () => {
  await using meeting = await meet()
  const futures = [1, 2, 3].map(meeting.submit)
  assert.deepEqual(await meeting.heard(), ['graph'])
  assert.equal(new Set(futures.map(({ key }) => key)).size, 3)
})

test('a map of futures of the same turn names their keys', async () => {
  await using meeting = await meet()
  const futures = [1, 2, 3].map(meeting.submit)
  mapTasks(meeting.core, call, [futures])
  // Another one asks for tasks while its own are being written.
  mapTasks(meeting.core, call, [
    (function* () {
      for (const x of [4, 5]) yield meeting.submit(x)
    })(),
  ])
  await meeting.heard()
  const graphs = meeting.scheduler.heard.filter((message) => message.type === 'graph')
  const keys = new Set(graphs.flatMap(({ digests }) => chunksOf16(digests)))
  const externals = graphs.flatMap((graph) => chunksOf16(graph.externals))
  assert.equal(externals.length, 5)
  for (const external of externals) assert.ok(keys.has(external), external)
})

const chunksOf16 = (bytes: Uint8Array): string[] =>
  Array.from({ length: bytes.length / 16 }, (_, i) =>
    Buffer.from(bytes.subarray(16 * i, 16 * (i + 1))).toString('hex'),
  )

test('a release stands behind the graph that its handle came with, whatever was released before', async () => {
  await using meeting = await meet()
  const first = meeting.submit(1)
  await meeting.heard()
  first.release()
  const second = meeting.submit(2)
  second.release()
  assert.deepEqual(await meeting.heard(), ['graph', 'release', 'graph', 'release'])
})

test('a cancellation stands behind the graph of its handle, and before what is asked later', async () => {
  await using meeting = await meet()
  const first = meeting.submit(1)
  first.cancel()
  meeting.submit(1)
  assert.deepEqual(await meeting.heard(), ['graph', 'cancel', 'graph'])
})

test('a refused graph is the error of all of its futures, and of no others', async () => {
  await using meeting = await meet((message, say) => {
    if (message.type !== 'graph') return
    if (message.handles.length === 2)
      say({ type: 'graph-refused', graph: message.graph, reason: 'one key has two contents', keys: ['a'] })
    else say(finished(message.handles[0], 7))
  })
  const refused = [meeting.submit(1), meeting.submit(2)]
  await meeting.heard()
  const other = meeting.submit(3)
  for (const future of refused)
    await assert.rejects(future.result(), (error: RefusedError) => {
      assert.ok(error instanceof RefusedError)
      assert.equal(error.message, 'one key has two contents')
      return true
    })
  assert.equal(await other.result(), 7)
})

test('a result that is computed again is waited for again', async () => {
  let located = 0
  await using meeting = await meet((message, say) => {
    if (message.type === 'graph')
      say({
        type: 'finished',
        handles: message.handles,
        sizes: Float64Array.of(5000),
        inline: new Uint8Array(0),
        inlineOffsets: Uint32Array.of(0, 0),
      })
    if (message.type !== 'locate') return
    located++
    const { request, handles } = message
    say({
      type: 'located',
      request,
      tasks: Int32Array.of(1),
      runs: Int32Array.of(1),
      holders: Int32Array.of(-1),
      addresses: [],
    })
    say({ type: 'unfinished', handles })
    if (located === 2) say(finished(handles[0], 'at last'))
    else
      say({
        type: 'finished',
        handles,
        sizes: Float64Array.of(5000),
        inline: new Uint8Array(0),
        inlineOffsets: Uint32Array.of(0, 0),
      })
  })
  assert.equal(await meeting.submit(1).result(), 'at last')
  assert.equal(located, 2)
})

test('when the scheduler hangs up, what is pending is lost', async () => {
  await using meeting = await meet((message) => {
    if (message.type === 'graph') meeting.scheduler.hangUp()
  })
  const future = meeting.submit(1)
  await assert.rejects(future.result(), LostError)
  assert.equal(future.status, 'lost')
  assert.throws(() => meeting.submit(2), /this client is closed/)
})
