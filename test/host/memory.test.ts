// Real workers with less memory than their values need: the disk takes the rest, answers stay the same, nothing is left over.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { decodeValue } from '../../runtime/functions/valueCodec.ts'
import { closeDataConnections, fetchValues } from '../../runtime/host/dataClient.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'
import { execute, type JoinedWorker } from './fakeScheduler.ts'
import { call, Dependency, exitOf, inlineOf, TestCluster, until, work } from './kit.ts'

const LENGTH = 500_000
const BYTES = 8 * LENGTH
const VALUES = 15
/** Room for three of the values: the others must leave memory. */
const memoryShares = { targetShare: (3.5 * BYTES) / 2e9, spillShare: 0.9, pauseShare: 0.95 }

/** Makes `VALUES` values on a worker: task i + 1 gives an array of LENGTH + i ones. */
async function makeValues(worker: JoinedWorker): Promise<void> {
  worker.send(execute(Array.from({ length: VALUES }, (_, i) => call(i + 1, 'ones', [LENGTH + i]))))
  for (let done = 0; done < VALUES; ) done += (await worker.next('finished')).tasks.length
}

/** The sums of all values, computed by tasks that depend on them. */
async function sums(worker: JoinedWorker): Promise<unknown[]> {
  const specs = Array.from({ length: VALUES }, (_, i) =>
    call(100 + i, 'sum', [new Dependency(0)], {
      inline: true,
      dependencies: [{ task: i + 1, holder: worker.id, bytes: BYTES }],
    }),
  )
  worker.send(execute(specs))
  const found = new Array<unknown>(VALUES)
  for (let done = 0; done < VALUES; ) {
    const message = await worker.next('finished')
    for (const [at, task] of message.tasks.entries()) found[task - 100] = inlineOf(message, at)
    done += message.tasks.length
  }
  return found
}

const expected = Array.from({ length: VALUES }, (_, i) => LENGTH + i)

test('values that memory has no room for go to disk and come back as they were', async (t) => {
  const cluster = await TestCluster.start(t)
  const spillFolder = join(temporaryFolder(t), 'scratch')
  const worker = await cluster.worker('w0', { memoryLimitBytes: 2e9, memoryShares, spillFolder })
  await makeValues(worker)
  // Of the heartbeats that have come meanwhile, the first that knows all values.
  const beat = await worker.next(
    'heartbeat',
    ({ spilledBytes, heldTasks }) => spilledBytes >= (VALUES - 5) * BYTES && heldTasks === VALUES,
  )
  // Each is a few elements longer than the one before.
  assert.ok(beat.managedBytes <= 5 * (BYTES + 8 * VALUES), `${beat.managedBytes} bytes are in memory`)
  assert.ok(readdirSync(spillFolder).length > 0)
  // Which values those are it says while somebody looks.
  assert.equal(beat.spilledTasks, undefined)
  worker.send({ type: 'watch-memory', on: true })
  const { spilledTasks, spilledBytes } = await worker.next(
    'heartbeat',
    (one) => one.spilledTasks !== undefined,
  )
  assert.ok(Math.abs(spilledTasks!.length * BYTES - spilledBytes) < 0.01 * spilledBytes)
  worker.send({ type: 'watch-memory', on: false })
  assert.deepEqual(await sums(worker), expected)
  // A peer or a client is served from disk as well.
  const fetched = await fetchValues(worker.hello.dataAddress, 'secret', [
    { task: 1, run: 1 },
    { task: 9, run: 1 },
  ])
  assert.deepEqual(
    fetched.map((value) => (decodeValue(value!) as Float64Array).length),
    [LENGTH, LENGTH + 8],
  )
  closeDataConnections()
  const tasks = Int32Array.from({ length: 200 }, (_, i) => i)
  worker.send({ type: 'discard', tasks, runs: new Int32Array(200).fill(1) })
  const after = await worker.next('heartbeat', ({ heldTasks }) => heldTasks === 0)
  assert.deepEqual([after.managedBytes, after.spilledBytes], [0, 0])
  await cluster.end([worker])
  assert.equal(existsSync(spillFolder), false)
})

test('a disk that is full is an error that names the folder, and everything is served all the same', async (t) => {
  const cluster = await TestCluster.start(t)
  const spillFolder = join(cluster.folder, 'scratch')
  const request = { memoryLimitBytes: 2e9, memoryShares, spillFolder, spillLimitBytes: 100 }
  const worker = await cluster.worker('w0', request)
  await makeValues(worker)
  const { level, text } = await worker.next('log')
  assert.equal(level, 'error')
  assert.ok(text.includes(`cannot be spilled to ${spillFolder}: its limit of 100 bytes is reached`), text)
  assert.deepEqual(await sums(worker), expected)
  await cluster.end([worker])
})

test('a file system that is full is an error that names the folder, and everything is served all the same', async (t) => {
  const cluster = await TestCluster.start(t)
  const spillFolder = join(cluster.folder, 'small')
  mkdirSync(spillFolder)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=10m', 'tmpfs', spillFolder])
  try {
    const worker = await cluster.worker('w0', {
      memoryLimitBytes: 2e9,
      memoryShares,
      spillFolder: join(spillFolder, 'values'),
    })
    // What random numbers take on disk is no less than in memory: two of them fit.
    worker.send(execute(Array.from({ length: VALUES }, (_, i) => call(i + 1, 'noise', [LENGTH + i, i]))))
    for (let done = 0; done < VALUES; ) done += (await worker.next('finished')).tasks.length
    const { text } = await worker.next('log', ({ level }) => level === 'error')
    assert.ok(text.includes(`cannot be spilled to ${spillFolder}/values: the disk is full`), text)
    assert.match(text, /free some space there, or set another spill folder/)
    assert.deepEqual(
      await sums(worker),
      Array.from({ length: VALUES }, (_, i) => work.sum(work.noise(LENGTH + i, i))),
    )
    worker.send({ type: 'close', reason: 'the test is over' })
    await exitOf(cluster.children[0])
  } finally {
    execFileSync('umount', [spillFolder])
  }
  rmdirSync(spillFolder)
  await cluster.end()
})

test('with a full disk and more in memory than pauses a worker, runs go on and everything is served', async (t) => {
  const cluster = await TestCluster.start(t)
  const mounted = join(cluster.folder, 'full')
  mkdirSync(mounted)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=10m', 'tmpfs', mounted])
  try {
    // A process with one thread is larger than that by itself: from its first value on it is above all of them.
    const shares = { targetShare: 0.002, spillShare: 0.005, pauseShare: 0.02, terminateShare: 1e9 }
    const spillFolder = join(mounted, 'values')
    const request = { memoryLimitBytes: 2e9, memoryShares: shares, spillFolder, threads: 2 }
    const worker = await cluster.worker('w0', request)
    worker.send(execute(Array.from({ length: VALUES }, (_, i) => call(i + 1, 'noise', [LENGTH + i, i]))))
    for (let done = 0; done < VALUES; ) done += (await worker.next('finished')).tasks.length
    const { text } = await worker.next('log', ({ level }) => level === 'error')
    assert.ok(text.includes(`cannot be spilled to ${spillFolder}: the disk is full`), text)
    const beat = await worker.next('heartbeat', ({ heldTasks }) => heldTasks === VALUES)
    assert.ok(beat.rssBytes > 0.02 * 2e9, `${beat.rssBytes} bytes are above what pauses`)
    assert.ok(beat.spilledBytes <= 10e6, `${beat.spilledBytes} bytes are on a disk of 10 MB`)
    const found = Array.from({ length: VALUES }, (_, i) => work.sum(work.noise(LENGTH + i, i)))
    assert.deepEqual(await sums(worker), found)
    // So are peers and clients, with what is in memory and what is on the disk.
    const values = await fetchValues(
      worker.hello.dataAddress,
      'secret',
      Array.from({ length: VALUES }, (_, i) => ({ task: i + 1, run: 1 })),
    )
    assert.deepEqual(
      values.map((value) => work.sum(decodeValue(value!) as Float64Array)),
      found,
    )
    closeDataConnections()
    worker.send({ type: 'close', reason: 'the test is over' })
    assert.deepEqual(await exitOf(cluster.children[0]), { code: 0, signal: null })
  } finally {
    execFileSync('umount', [mounted])
  }
  rmdirSync(mounted)
  await cluster.end()
})

test('a spill folder that becomes read-only is an error that names it; what is there is read, what is not stays in memory', async (t) => {
  const cluster = await TestCluster.start(t)
  const mounted = join(cluster.folder, 'disk')
  const spillFolder = join(mounted, 'values')
  mkdirSync(mounted)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100m', 'tmpfs', mounted])
  try {
    const worker = await cluster.worker('w0', { memoryLimitBytes: 2e9, memoryShares, spillFolder })
    await makeValues(worker)
    await worker.next('heartbeat', ({ spilledBytes }) => spilledBytes >= (VALUES - 5) * BYTES)
    // Nothing may be open for writing: what was being spilled is there by now, or this is refused.
    await until(() => isDone(() => execFileSync('mount', ['-o', 'remount,ro', mounted], { stdio: 'ignore' })))
    assert.deepEqual(await sums(worker), expected)
    const { text } = await worker.next('log', ({ level }) => level === 'error')
    assert.ok(
      text.includes(`cannot be spilled to ${spillFolder}: it is read-only. They stay in memory`),
      text,
    )
    // Files that cannot be removed end neither this nor the worker.
    const tasks = Int32Array.from({ length: 200 }, (_, i) => i)
    worker.send({ type: 'discard', tasks, runs: new Int32Array(200).fill(1) })
    await worker.next('heartbeat', ({ heldTasks }) => heldTasks === 0)
    await makeValues(worker)
    assert.deepEqual(await sums(worker), expected)
    worker.send({ type: 'close', reason: 'the test is over' })
    assert.deepEqual(await exitOf(cluster.children[0]), { code: 0, signal: null })
  } finally {
    execFileSync('umount', [mounted])
  }
  rmdirSync(mounted)
  await cluster.end()
})

function isDone(action: () => void): boolean {
  try {
    action()
    return true
  } catch {
    return false
  }
}

test('a spill folder that is removed while the worker runs is made again', async (t) => {
  const cluster = await TestCluster.start(t)
  const spillFolder = join(cluster.folder, 'scratch')
  const worker = await cluster.worker('w0', { memoryLimitBytes: 2e9, memoryShares, spillFolder })
  await makeValues(worker)
  await worker.next('heartbeat', ({ spilledBytes }) => spilledBytes > 0)
  // A file that is written meanwhile keeps the folder from being removed.
  await until(() => isDone(() => rmSync(spillFolder, { recursive: true })))
  // Those that were there are missed by who needs them, so that they are computed again; the others are served.
  const specs = Array.from({ length: VALUES }, (_, i) =>
    call(100 + i, 'sum', [new Dependency(0)], {
      inline: true,
      dependencies: [{ task: i + 1, holder: worker.id, bytes: BYTES }],
    }),
  )
  worker.send(execute(specs))
  const told = (type: 'finished' | 'missing'): number =>
    worker.unasked().reduce((sum, one) => sum + (one.type === type ? one.tasks.length : 0), 0)
  await until(() => told('finished') + told('missing') >= VALUES)
  assert.ok(told('missing') > 0, 'nothing had been spilled')
  worker.send(execute(Array.from({ length: VALUES }, (_, i) => call(200 + i, 'ones', [LENGTH]))))
  await worker.next('heartbeat', () => existsSync(spillFolder) && readdirSync(spillFolder).length > 0)
  await cluster.end([worker])
})

test('the same work again and again leaves memory flat', { timeout: 120_000 }, async (t) => {
  const cluster = await TestCluster.start(t)
  const worker = await cluster.worker('w0', { memoryLimitBytes: 300e6 })
  for (let round = 0; round < 6; round++) {
    await makeValues(worker)
    assert.deepEqual(await sums(worker), expected)
    const tasks = Int32Array.from({ length: 200 }, (_, i) => i)
    worker.send({ type: 'discard', tasks, runs: new Int32Array(200).fill(1) })
  }
  // 360 MB of results were made: without a limit on what is left standing about they would still be there.
  const { rssBytes } = await worker.next(
    'heartbeat',
    ({ heldTasks, rssBytes: rss }) => heldTasks === 0 && rss < 280e6,
  )
  assert.ok(rssBytes < 280e6)
  await cluster.end([worker])
})
