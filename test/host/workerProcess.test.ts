// Real worker processes: tasks run, fail, are cancelled and timed out; values travel between workers.

import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { PROTOCOL_VERSION } from '../../runtime/protocol/version.ts'
import { execute } from './fakeScheduler.ts'
import { call, Dependency, exitOf, TestCluster, until, work } from './kit.ts'

test('a task runs and its small result rides along', async (t) => {
  const cluster = await TestCluster.start(t)
  const worker = await cluster.worker('w0', { threads: 2, resources: { gpu: 1 } })
  const { hello } = worker
  assert.deepEqual(
    [hello.protocol, hello.name, hello.threads, hello.resources, hello.cluster],
    [PROTOCOL_VERSION, 'w0', 2, { gpu: 1 }, undefined],
  )
  assert.equal(await cluster.result(worker, call(1, 'increment', [41])), 42)
  assert.equal(await cluster.result(worker, call(2, 'later', [7])), 7)
  assert.deepEqual(await cluster.result(worker, call(3, 'countTo', [4])), [1, 2, 3, 4])
  await cluster.end([worker])
})

test('a thousand tasks are reported once each, in few messages', async (t) => {
  const cluster = await TestCluster.start(t)
  const worker = await cluster.worker('w0', { threads: 2 })
  worker.send(execute(Array.from({ length: 1000 }, (_, i) => call(i, 'increment', [i]))))
  const seen = new Set<number>()
  let messages = 0
  while (seen.size < 1000) {
    const { tasks } = await worker.next('finished')
    messages++
    for (const task of tasks) {
      assert.ok(!seen.has(task), `task ${task} was reported twice`)
      seen.add(task)
    }
  }
  assert.ok(messages < 300, `${messages} messages`)
  assert.deepEqual(worker.unasked(), [])
  await cluster.end([worker])
})

test('a task uses results of its own worker and of another, small and large', async (t) => {
  const cluster = await TestCluster.start(t)
  const first = await cluster.worker('w0')
  const second = await cluster.worker('w1')
  const peers = {
    type: 'peers' as const,
    workers: Uint32Array.of(first.id, second.id),
    addresses: [first.hello.dataAddress, second.hello.dataAddress],
  }
  first.send(peers)
  second.send(peers)
  first.send(execute([call(1, 'ones', [1_000_000]), call(2, 'increment', [1])]))
  const sizes = new Map<number, number>()
  while (sizes.size < 2) {
    const done = await first.next('finished')
    for (const [i, task] of done.tasks.entries()) sizes.set(task, done.sizes[i])
  }
  assert.ok(sizes.get(1)! >= 8e6 && sizes.get(2)! < 100, `${[...sizes.values()]} bytes`)
  const dependencies = [{ task: 1, holder: first.id, bytes: 8e6 }]
  assert.equal(await cluster.result(first, call(3, 'sum', [new Dependency(0)], { dependencies })), 1_000_000)
  assert.equal(await cluster.result(second, call(4, 'sum', [new Dependency(0)], { dependencies })), 1_000_000)
  const stored = await second.next('stored')
  assert.deepEqual([[...stored.tasks], [...stored.sizes]], [[1], [sizes.get(1)!]])
  assert.deepEqual([...(await second.next('transferred')).froms], [first.id])
  const small = [
    { task: 2, holder: first.id },
    { task: 4, holder: second.id },
  ]
  const args = [new Dependency(0), new Dependency(1)]
  assert.equal(await cluster.result(second, call(5, 'add', args, { dependencies: small })), 1_000_002)
  await cluster.end([first, second])
})

test('a dependency whose holder has gone gives the run back', async (t) => {
  const cluster = await TestCluster.start(t)
  const worker = await cluster.worker()
  worker.send({
    type: 'peers',
    workers: Uint32Array.of(7),
    addresses: [`unix:${join(cluster.folder, 'nobody.sock')}`],
  })
  const dependencies = [
    { task: 8, holder: 7 },
    { task: 9, holder: 7 },
  ]
  worker.send(execute([call(1, 'add', [new Dependency(0), new Dependency(1)], { dependencies })]))
  const missing = await worker.next('missing')
  assert.deepEqual(
    [[...missing.tasks], [...missing.dependencyOffsets], [...missing.dependencies], [...missing.holders]],
    [[1], [0, 2], [8, 9], [7, 7]],
  )
  await cluster.end([worker])
})

test("an error comes back with its class, its text and the user's line", async (t) => {
  const cluster = await TestCluster.start(t)
  const worker = await cluster.worker()
  worker.send(execute([call(1, 'fails', ['luck'])]))
  const { failures } = await worker.next('erred')
  assert.deepEqual(
    [failures[0].kind, failures[0].name, failures[0].message],
    ['threw', 'TypeError', 'no luck'],
  )
  assert.match(failures[0].place!.file, /programs\/work\.ts$/)
  const line = readFileSync(join(import.meta.dirname, 'programs', 'work.ts'), 'utf8').split('\n')[
    failures[0].place!.line - 1
  ]
  assert.match(line, /throw new TypeError/)
  await cluster.end([worker])
})

test('a result that cannot be sent back fails with its path', async (t) => {
  const cluster = await TestCluster.start(t)
  const worker = await cluster.worker()
  worker.send(execute([call(1, 'cannotReturn')]))
  const { failures } = await worker.next('erred')
  assert.equal(failures[0].kind, 'cannot-travel')
  assert.match(failures[0].message, /result\.rows\[0\]\.open/)
  await cluster.end([worker])
})

test('a task that outlasts its time limit loses its thread, others do not notice', async (t) => {
  const cluster = await TestCluster.start(t)
  const worker = await cluster.worker('w0', { threads: 2 })
  const file = join(cluster.folder, 'ran')
  worker.send(execute([call(1, 'forever', [file], { timeoutMs: 100 }), call(2, 'increment', [1])]))
  assert.deepEqual([...(await worker.next('finished')).tasks], [2])
  const { tasks, failures } = await worker.next('erred')
  assert.deepEqual([...tasks], [1])
  assert.deepEqual([failures[0].kind, failures[0].name], ['timed-out', 'TaskTimeoutError'])
  assert.match(failures[0].message, /timeoutMs of 100/)
  assert.equal(await cluster.result(worker, call(3, 'increment', [2])), 3)
  // On a busy machine its time is over before it has noted that it runs.
  rmSync(file, { force: true })
  await cluster.end([worker])
})

test('a running task that is cancelled loses its thread; what waited behind it runs', async (t) => {
  const cluster = await TestCluster.start(t)
  const worker = await cluster.worker()
  const file = join(cluster.folder, 'ran')
  worker.send(execute([call(1, 'forever', [file]), call(2, 'increment', [1])]))
  await until(() => existsSync(file))
  worker.send({ type: 'cancel', tasks: Int32Array.of(1), runs: Int32Array.of(1) })
  assert.deepEqual([...(await worker.next('dropped')).tasks], [1])
  assert.deepEqual([...(await worker.next('finished')).tasks], [2])
  rmSync(file)
  await cluster.end([worker])
})

test('runs that have not begun are given back when asked for', async (t) => {
  const cluster = await TestCluster.start(t)
  const worker = await cluster.worker()
  const file = join(cluster.folder, 'ran')
  worker.send(execute([call(1, 'forever', [file]), call(2, 'increment', [1]), call(3, 'increment', [2])]))
  await until(() => existsSync(file))
  worker.send({ type: 'recall', tasks: Int32Array.of(1, 2, 3), runs: Int32Array.of(1, 1, 1) })
  assert.deepEqual([...(await worker.next('returned')).tasks], [2, 3])
  worker.send({ type: 'cancel', tasks: Int32Array.of(1), runs: Int32Array.of(1) })
  await worker.next('dropped')
  rmSync(file)
  await cluster.end([worker])
})

test("a task that fills its thread's heap fails alone", async (t) => {
  const cluster = await TestCluster.start(t)
  const worker = await cluster.worker('w0', {
    threads: 2,
    memoryLimitBytes: 150e6,
    memoryShares: { pauseShare: 9, terminateShare: 9 },
  })
  worker.send(execute([call(1, 'grows')]))
  const { failures } = await worker.next('erred')
  assert.equal(failures[0].kind, 'out-of-memory')
  assert.match(failures[0].message, /heap.*smaller.*memory limit/)
  assert.equal(await cluster.result(worker, call(2, 'increment', [1])), 2)
  await cluster.end([worker])
})

test('a task cannot end its worker with process.exit', async (t) => {
  const cluster = await TestCluster.start(t)
  const worker = await cluster.worker()
  worker.send(execute([call(1, 'exits')]))
  const { failures } = await worker.next('erred')
  assert.match(failures[0].message, /process\.exit/)
  assert.equal(await cluster.result(worker, call(2, 'increment', [1])), 2)
  await cluster.end([worker])
})

test('what a task prints is reported with its task, as are promises that it forgot', async (t) => {
  const cluster = await TestCluster.start(t)
  const worker = await cluster.worker()
  assert.equal(await cluster.result(worker, call(1, 'says', ['hello'])), 5)
  const said = await worker.next('log')
  assert.deepEqual([said.level, said.text, said.task], ['info', 'hello', 1])
  assert.equal(await cluster.result(worker, call(2, 'forgets')), 'done')
  const forgotten = await worker.next('log')
  assert.equal(forgotten.level, 'error')
  assert.match(forgotten.text, /never awaited: nobody looked/)
  await cluster.end([worker])
})

test('a worker with a wrong token is refused, says so and ends', async (t) => {
  const cluster = await TestCluster.start(t)
  const child = cluster.spawn('w0', { token: 'wrong' })
  assert.deepEqual(await exitOf(child), { code: 3, signal: null })
  assert.match(cluster.errors, /refused this worker: the token is not the one of this cluster/)
  assert.equal(cluster.scheduler.refusedTokens, 1)
  await cluster.end()
})

test('a scheduler of another version is refused by name', async (t) => {
  const cluster = await TestCluster.start(t)
  cluster.scheduler.protocol = PROTOCOL_VERSION + 1
  const child = cluster.spawn('w0')
  assert.deepEqual(await exitOf(child), { code: 3, signal: null })
  assert.match(
    cluster.errors,
    new RegExp(`protocol ${PROTOCOL_VERSION + 1} cannot talk to protocol ${PROTOCOL_VERSION}`),
  )
  await cluster.end()
})

test('a broken instruction is reported, the connection stays', async (t) => {
  const cluster = await TestCluster.start(t)
  const worker = await cluster.worker()
  worker.sendRaw(new Uint8Array([9, 9, 9, 9, 9]))
  const { level, text } = await worker.next('log')
  assert.equal(level, 'error')
  assert.match(text, /cannot be read/)
  assert.equal(await cluster.result(worker, call(1, 'increment', [1])), 2)
  await cluster.end([worker])
})

test('a worker whose connection breaks comes back with its values', async (t) => {
  const cluster = await TestCluster.start(t)
  const worker = await cluster.worker()
  assert.equal(await cluster.result(worker, call(1, 'increment', [1])), 2)
  worker.cut()
  const again = cluster.ready(await cluster.scheduler.joins())
  assert.deepEqual(
    [again.hello.cluster, [...again.hello.heldTasks], [...again.hello.heldRuns]],
    ['test', [1], [1]],
  )
  const dependencies = [{ task: 1, holder: again.id }]
  assert.equal(await cluster.result(again, call(2, 'increment', [new Dependency(0)], { dependencies })), 3)
  await cluster.end([again])
})

test('a worker that joins another cluster drops what it held, and runs its functions', async (t) => {
  const cluster = await TestCluster.start(t)
  const worker = await cluster.worker()
  assert.equal(await cluster.result(worker, call(1, 'increment', [1])), 2)
  cluster.scheduler.cluster = 'another'
  worker.cut()
  const again = await cluster.scheduler.joins()
  // Its callables have other numbers: number 0 is another function now.
  again.send({ type: 'modules', ...cluster.modules() })
  again.send(cluster.callables((list) => list.toReversed()))
  const { heldTasks } = await again.next('heartbeat')
  assert.equal(heldTasks, 0)
  const [first] = Object.keys(work).toReversed()
  assert.equal(first, 'waitsInNativeCode')
  const spec = call(1, 'increment', [5])
  spec.callable = Object.keys(work).length - 1 - spec.callable
  assert.equal(await cluster.result(again, spec), 6)
  await cluster.end([again])
})

test('a heartbeat tells what runs, and what is held', async (t) => {
  const cluster = await TestCluster.start(t)
  const worker = await cluster.worker('w0', { threads: 2 })
  const file = join(cluster.folder, 'ran')
  worker.send(execute([call(1, 'forever', [file]), call(2, 'ones', [1000])]))
  await worker.next('finished')
  const beat = await worker.next(
    'heartbeat',
    ({ runningTasks, heldTasks }) => heldTasks === 1 && runningTasks.includes(1),
  )
  assert.deepEqual([...beat.runningTasks].toSorted(), [-1, 1])
  assert.ok(beat.heldTasks === 1 && beat.managedBytes > 8000 && beat.rssBytes > 1e6 && !beat.paused)
  worker.send({ type: 'cancel', tasks: Int32Array.of(1), runs: Int32Array.of(1) })
  await worker.next('dropped')
  rmSync(file)
  await cluster.end([worker])
})
