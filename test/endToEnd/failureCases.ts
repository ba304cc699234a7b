// The cases of failures.test.ts: one for each failure that the scheduler promises to survive or to name.

import assert from 'node:assert/strict'
import { appendFileSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type LocalCluster, startLocalCluster } from '../../runtime/cluster/localCluster.ts'
import { encodeValue } from '../../runtime/functions/valueCodec.ts'
import { Client, type Future, wait } from '../../runtime/index.ts'
import type { TaskFailure } from '../../runtime/protocol/failure.ts'
import { WORKER_INSTRUCTIONS, WORKER_MESSAGES, type WorkerMessage } from '../../runtime/protocol/messages.ts'
import { PROTOCOL_VERSION } from '../../runtime/protocol/version.ts'
import { Peer } from '../host/schedulerKit.ts'
import { countingFile } from './countingFile.ts'
import { Gate, knockAt } from './gate.ts'
import { GuestWorker, untilSaid, workersAre } from './guestWorker.ts'

const inc = (x: number): number => x + 1
const forever = (): Promise<never> => new Promise(() => setInterval(() => {}, 1000))

/** A result too large to ride in a message, counted at each run. */
function large(file: string): Float64Array {
  appendFileSync(file, 'x')
  return new Float64Array(200_000).fill(3)
}

function largeAfter(values: Float64Array, file: string): Float64Array {
  appendFileSync(file, 'x')
  return values.map((x) => x + 1)
}

const lengthOf = (values: Float64Array): number => values.length
const runsIn = (file: string): number => readFileSync(file, 'utf8').length

/** A cluster and a client of it, gone at the end of the block. */
async function started(
  workers: number,
  threadsPerWorker = 1,
  memoryLimit?: number,
): Promise<{ cluster: LocalCluster; client: Client } & AsyncDisposable> {
  const cluster = await startLocalCluster({ workers, threadsPerWorker, memoryLimit, onOutput: () => {} })
  const client = await Client.connect(cluster.file)
  await workersAre(client, ...Array.from({ length: workers }, (_, i) => `w${i}`))
  return {
    cluster,
    client,
    async [Symbol.asyncDispose]() {
      await client.close()
      await cluster.close()
    },
  }
}

/** The process of the worker that holds a result. */
async function holderOf(client: Client, future: Future): Promise<{ name: string; pid: number }> {
  const [, name] = /held by (\w+)\.$/.exec((await client.explain(future))[0]) ?? []
  const found = (await client.info()).workers.find((worker) => worker.name === name)
  assert.ok(found, `${future.key} is held by ${name}`)
  return found
}

async function failureOf(future: Future): Promise<TaskFailure> {
  const error = (await future.exception()) as Error & { failure: TaskFailure }
  assert.ok(error, 'it fails')
  return error.failure
}

test('kill -9 of the worker that holds a result: it is made again, with what it stood on', async () => {
  await using here = await started(2)
  const { client } = here
  const [first, second] = [countingFile(), countingFile()]
  try {
    const base = client.submit(large, first.file)
    const future = client.submit(largeAfter, base, second.file)
    await wait(future)
    base.release()
    const holder = await holderOf(client, future)
    process.kill(holder.pid, 'SIGKILL')
    const values = await future.result()
    assert.deepEqual([values.length, values[7]], [200_000, 4])
    assert.deepEqual([runsIn(first.file), runsIn(second.file)], [2, 2], 'each ran twice')
    assert.match(
      (await client.story(future)).join('\n'),
      /the value of run \d+ was lost: no worker holds it any more/,
    )
  } finally {
    first.cleanUp()
    second.cleanUp()
  }
})

test('a task whose workers die three times fails with the story of each death; others go on', async () => {
  await using here = await started(2)
  const { client } = here
  const deadly = client.with({ pure: false }).submit(() => process.kill(process.pid, 'SIGKILL'))
  const dependent = client.submit((x: unknown) => x, deadly)
  const failure = await failureOf(deadly)
  assert.equal(failure.kind, 'workers-died')
  assert.equal(failure.key, deadly.key)
  assert.match(failure.message, /was running on 3 workers when they died/)
  assert.equal(failure.story?.length, 3)
  const pids = failure.story.map((line, i) => {
    const told = new RegExp(
      `^run ${i + 1}: worker (w0|w1) \\(pid (\\d+) on \\S+\\) died: .* it was ended by SIGKILL$`,
    ).exec(line)
    assert.ok(told, line)
    return told[2]
  })
  assert.equal(new Set(pids).size, 3, 'three processes')
  assert.equal((await failureOf(dependent)).key, deadly.key, 'what stands on it names it')
  assert.deepEqual(await client.gather(client.map(inc, [1, 2, 3])), [2, 3, 4])
})

test('tasks that end their workers, one after another, leave the cluster at work', async () => {
  await using here = await started(1)
  const client = here.client.with({ pure: false })
  // Three deaths each: more than a worker has that cannot start.
  for (let i = 0; i < 3; i++)
    assert.equal(
      (await failureOf(client.submit(() => process.kill(process.pid, 'SIGABRT')))).kind,
      'workers-died',
    )
  assert.equal(await client.submit(inc, 1).result(), 2)
})

test('scattered data whose only worker dies is lost by name; a broadcast copy is used instead', async () => {
  await using here = await started(2)
  const { client } = here
  const [, w1] = await workersAre(client, 'w0', 'w1')
  const single = await client.scatter(new Float64Array(200_000).fill(1), { workers: ['w1'] })
  const everywhere = await client.scatter(new Float64Array(200_000).fill(2), { broadcast: true })
  await untilSaid(() => client.explain(everywhere), /held by .*w0.*w1|held by .*w1.*w0/)
  process.kill(w1.pid, 'SIGKILL')
  const dependent = client.with({ pure: false }).submit(lengthOf, single)
  const failure = await failureOf(dependent)
  assert.deepEqual([failure.kind, failure.key], ['data-lost', single.key])
  assert.match(failure.message, /w1|scatter/)
  assert.equal(await client.with({ pure: false }).submit(lengthOf, everywhere).result(), 200_000)
})

/** Fills memory that is nobody's value up to a share of a limit, and keeps it until the gate opens. */
async function fillMemory(limitBytes: number, share: number, port: number): Promise<number> {
  const kept: Buffer[] = []
  while (process.memoryUsage.rss() < share * limitBytes) kept.push(Buffer.alloc(4e6, 1))
  await knockAt(port, 'full')
  return kept.length
}

test('a paused worker gets nothing new until its memory is free again', async () => {
  const limit = 600e6
  await using here = await started(2, 2, limit)
  await using gate = await Gate.listen()
  const { client } = here
  const [w0, w1] = await workersAre(client, 'w0', 'w1')
  const full = client.with({ workers: ['w0'], pure: false }).submit(fillMemory, limit, 0.87, gate.port)
  const knock = await gate.next()
  assert.equal(knock.pid, w0.pid)
  const probe = client.with({ workers: ['w0'], resources: { nowhere: 1 }, pure: false }).submit(inc, 0)
  // It measures itself at its next heartbeat.
  await untilSaid(() => client.explain(probe), /may run on w0 alone, which takes no tasks now/)
  probe.cancel()
  const waiting = client.with({ workers: ['w0'], pure: false }).submit(() => process.pid)
  assert.match((await client.explain(waiting)).join('\n'), /may run on w0 alone, which takes no tasks now/)
  const pids = await client.gather(
    client.with({ pure: false }).map(
      () => process.pid,
      Array.from({ length: 50 }, (_, i) => i),
    ),
  )
  assert.deepEqual([...new Set(pids)], [w1.pid], 'all ran on the other one')
  assert.equal(waiting.status, 'pending')
  knock.open()
  await full.result()
  assert.equal(await waiting.result(), w0.pid, 'the same process goes on')
})

test('timeoutMs ends the thread of its task alone: the worker and its other threads go on', async () => {
  await using here = await started(1, 2)
  await using gate = await Gate.listen()
  const { client } = here
  const [w0] = await workersAre(client, 'w0')
  const neighbour = client.with({ pure: false }).submit(knockAt, gate.port, 'neighbour')
  const knock = await gate.next()
  const spinning = client.with({ timeoutMs: 100, pure: false }).submit(() => {
    for (;;);
  })
  const failure = await failureOf(spinning)
  assert.equal(failure.kind, 'timed-out')
  assert.match(failure.message, /longer than its timeoutMs of 100/)
  assert.equal(neighbour.status, 'pending')
  knock.open()
  assert.equal(await neighbour.result(), w0.pid, 'the neighbour was not stopped')
  // Both threads work again: two tasks stand before the gate at once.
  const pair = client.with({ pure: false }).map(knockAt, [gate.port, gate.port], ['a', 'b'])
  for (const one of [await gate.next(), await gate.next()]) one.open()
  assert.deepEqual(await client.gather(pair), [w0.pid, w0.pid])
})

test('a worker that comes back with its data is used: nothing is computed again', async () => {
  await using here = await started(1)
  const { client, cluster } = here
  await using guest = new GuestWorker(cluster, { name: 'guest' })
  const [, before] = await workersAre(client, 'w0', 'guest')
  const { file, cleanUp } = countingFile()
  try {
    const there = client.with({ workers: ['guest'] })
    const held = there.submit(large, file)
    await wait(held)
    guest.cut()
    await workersAre(client, 'w0')
    assert.equal(held.status, 'pending', 'its result is taken back')
    guest.mend()
    const [, after] = await workersAre(client, 'w0', 'guest')
    assert.equal(after.pid, before.pid)
    assert.equal(await there.submit(lengthOf, held).result(), 200_000)
    assert.equal((await held.result())[5], 3)
    assert.equal(runsIn(file), 1, 'it ran once')
  } finally {
    cleanUp()
  }
})

/** A worker that speaks the protocol and answers as the test says. */
function answeringWorker(cluster: LocalCluster, name: string) {
  const path = cluster.address.control.slice('unix:'.length)
  const peer = new Peer(`ws+unix:${path}:/worker`, WORKER_INSTRUCTIONS, WORKER_MESSAGES, {
    authorization: `Bearer ${cluster.address.token}`,
  })
  peer.send({
    type: 'hello',
    protocol: PROTOCOL_VERSION,
    version: '0',
    name,
    host: 'here',
    pid: process.pid,
    threads: 1,
    memoryLimitBytes: 1e9,
    dataAddress: 'unix:/nowhere',
    resources: {},
    heldTasks: new Int32Array(),
    heldRuns: new Int32Array(),
    heldSizes: new Float64Array(),
  })
  return peer
}

const finishedWith = (task: number, run: number, value: unknown): WorkerMessage => {
  const { bytes } = encodeValue(value)
  return {
    type: 'finished',
    tasks: Int32Array.of(task),
    runs: Int32Array.of(run),
    sizes: Float64Array.of(bytes.length),
    starts: Float64Array.of(1),
    durationsMs: Float64Array.of(1),
    threads: new Uint8Array(1),
    inline: bytes,
    inlineOffsets: Uint32Array.of(0, bytes.length),
  }
}

const erredWith = (task: number, run: number): WorkerMessage => ({
  type: 'erred',
  tasks: Int32Array.of(task),
  runs: Int32Array.of(run),
  starts: Float64Array.of(1),
  durationsMs: Float64Array.of(1),
  threads: new Uint8Array(1),
  failures: [{ kind: 'threw', name: 'Error', message: 'late', stack: '', key: 'late' }],
  failure: new Uint32Array(1),
})

test('answers-twice: doubled, late, reordered and invented reports change nothing', async () => {
  await using here = await started(1)
  const { client, cluster } = here
  const twice = answeringWorker(cluster, 'twice')
  await workersAre(client, 'w0', 'twice')
  const there = client.with({ workers: ['twice'], pure: false })
  const future = there.submit(inc, 1)
  const { tasks, runs } = await twice.next('execute')
  // The truth, then the same again, a failure of the same run, and runs that never were.
  twice.send(finishedWith(tasks[0], runs[0], 'first'))
  twice.send(finishedWith(tasks[0], runs[0], 'second'))
  twice.send(erredWith(tasks[0], runs[0]))
  twice.send(finishedWith(tasks[0], runs[0] + 77, 'of another run'))
  twice.send(finishedWith(123_456, 1, 'of no task'))
  twice.send({ type: 'returned', tasks, runs })
  assert.equal(await future.result(), 'first' as never)
  // Another task, cancelled before its report comes.
  const given = there.submit(inc, 2)
  const late = await twice.next('execute')
  given.cancel('too late')
  await twice.next('cancel')
  twice.send(finishedWith(late.tasks[0], late.runs[0], 'too late'))
  const discarded = await twice.next('discard')
  assert.deepEqual(
    [...discarded.tasks, ...discarded.runs],
    [late.tasks[0], late.runs[0]],
    'what nobody wants is to be thrown away',
  )
  assert.equal(given.status, 'cancelled')
  assert.equal(future.status, 'finished')
  const others = client.with({ workers: ['w0'] }).map(inc, [5, 6])
  assert.deepEqual(await client.gather(others), [6, 7], 'everybody else goes on')
  twice.hangUp()
  await workersAre(client, 'w0')
})

test('a task that was cancelled while it ran leaves its thread to others', async () => {
  await using here = await started(1)
  const { client } = here
  const endless = client.with({ pure: false }).submit(forever)
  await untilSaid(() => client.explain(endless), /runs on w0/)
  endless.cancel()
  assert.equal(await client.submit(inc, 1).result(), 2)
})
