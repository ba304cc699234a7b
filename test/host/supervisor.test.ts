// Supervisors with real worker processes: crashes, memory, signals, parents that vanish; nothing is left behind.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { workerConfig, workerEnvironment } from '../../runtime/host/workerConfig.ts'
import { execute } from './fakeScheduler.ts'
import { call, exitOf, isAlive, TestCluster, until } from './kit.ts'

test('a worker that is killed is started again, and tells why', async (t) => {
  const cluster = await TestCluster.start(t)
  const worker = await cluster.worker('w0', {}, 'supervised')
  process.kill(worker.hello.pid, 'SIGKILL')
  await worker.left
  const again = cluster.ready(await cluster.scheduler.joins())
  assert.notEqual(again.hello.pid, worker.hello.pid)
  assert.equal(again.hello.name, 'w0')
  const { level, text } = await again.next('log')
  assert.deepEqual([level, text], ['warning', 'worker w0 started again: it was ended by SIGKILL'])
  assert.equal(again.hello.startedAgain, 'it was ended by SIGKILL')
  assert.equal(await cluster.result(again, call(1, 'increment', [1])), 2)
  await cluster.end([again])
  assert.match(cluster.errors, /w0: it was ended by SIGKILL; starting again/)
})

test('a worker that crashes again and again is given up, with what it died of', async (t) => {
  const cluster = await TestCluster.start(t)
  const supervisor = cluster.spawn('w0', {}, 'supervised')
  for (let start = 0; start < 5; start++) {
    const worker = await cluster.scheduler.joins()
    process.kill(worker.hello.pid, 'SIGKILL')
    await worker.left
  }
  assert.deepEqual(await exitOf(supervisor), { code: 1, signal: null })
  assert.match(cluster.errors, /ended 5 times within seconds of its start; last: it was ended by SIGKILL/)
  await cluster.end()
})

test('a worker that crashes by its tasks again and again is started each time', async (t) => {
  const cluster = await TestCluster.start(t)
  cluster.spawn('w0', {}, 'supervised')
  for (let start = 0; start < 7; start++) {
    const worker = cluster.ready(await cluster.scheduler.joins())
    assert.equal(await cluster.result(worker, call(1, 'increment', [start])), start + 1)
    process.kill(worker.hello.pid, 'SIGKILL')
    await worker.left
  }
  await cluster.end([cluster.ready(await cluster.scheduler.joins())])
})

test('a refused worker is not started again', async (t) => {
  const cluster = await TestCluster.start(t)
  const supervisor = cluster.spawn('w0', { token: 'wrong' }, 'supervised')
  assert.deepEqual(await exitOf(supervisor), { code: 3, signal: null })
  assert.equal(cluster.scheduler.refusedTokens, 1)
  await cluster.end()
})

test('a worker above 95 % of its memory limit is ended and started again', async (t) => {
  const cluster = await TestCluster.start(t)
  const memoryShares = { targetShare: 8, spillShare: 9, pauseShare: 9 }
  const worker = await cluster.worker('w0', { memoryLimitBytes: 250e6, memoryShares }, 'supervised')
  worker.send(execute([call(1, 'ones', [40_000_000])]))
  await worker.left
  const again = await cluster.scheduler.joins()
  assert.match((await again.next('log')).text, /used 1?\d\d % of its memory limit of 250 MB and was ended/)
  await cluster.end([again])
})

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  test(`${signal} lets the worker say goodbye`, async (t) => {
    const cluster = await TestCluster.start(t)
    const worker = await cluster.worker('w0', {}, 'supervised')
    cluster.children[0].kill(signal)
    assert.match((await worker.next('leaving')).reason, /was ended by SIGTERM/)
    assert.deepEqual(await exitOf(cluster.children[0]), { code: 0, signal: null })
    assert.equal(isAlive(worker.hello.pid), false)
    await cluster.end()
  })

test('when the supervisor is killed its worker ends and leaves no file', async (t) => {
  const cluster = await TestCluster.start(t)
  const worker = await cluster.worker('w0', { threads: 2 }, 'supervised')
  const file = join(cluster.folder, 'ran')
  // One thread is held by a task that never ends.
  worker.send(execute([call(1, 'forever', [file])]))
  await until(() => existsSync(file))
  rmSync(file)
  cluster.children[0].kill('SIGKILL')
  await worker.left
  await until(() => !isAlive(worker.hello.pid))
  assert.deepEqual(readdirSync(cluster.folder), ['control.sock'])
  await cluster.end()
})

test('when the process that started the supervisor is killed, nothing is left', async (t) => {
  const cluster = await TestCluster.start(t)
  const { control, token } = cluster.scheduler
  const config = workerConfig({ name: 'w0', control, token, runFolder: cluster.folder, threads: 1 })
  const parent = spawn(process.execPath, [join(import.meta.dirname, 'programs', 'parent.ts')], {
    env: workerEnvironment(config),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const supervisor = Number(await new Promise((resolve) => parent.stdout!.once('data', resolve)))
  const worker = await cluster.scheduler.joins()
  assert.ok(isAlive(supervisor) && isAlive(worker.hello.pid))
  parent.kill('SIGKILL')
  await worker.left
  await until(() => !isAlive(worker.hello.pid) && !isAlive(supervisor))
  assert.deepEqual(readdirSync(cluster.folder), ['control.sock'])
  await cluster.end()
})

/** Whether a thread of a process is inside the system call that opens a file: there, a pipe without a writer holds it. */
function opensAFile(pid: number): boolean {
  const openat = process.arch === 'arm64' ? '56 ' : '257 '
  return readdirSync(`/proc/${pid}/task`).some((thread) => {
    try {
      return readFileSync(`/proc/${pid}/task/${thread}/syscall`, 'utf8').startsWith(openat)
    } catch {
      return false // The thread ended while we looked.
    }
  })
}

test('when the worker cannot be stopped by ending its thread, its process ends and another starts', async (t) => {
  const cluster = await TestCluster.start(t)
  const worker = await cluster.worker('w0', {}, 'supervised')
  const file = join(cluster.folder, 'ran')
  worker.send(execute([call(1, 'waitsInNativeCode', [file])]))
  await until(() => existsSync(file) && opensAFile(worker.hello.pid))
  worker.send({ type: 'cancel', tasks: Int32Array.of(1), runs: Int32Array.of(1) })
  const { text } = await worker.next('log', (message) => message.level === 'error')
  assert.match(text, /did not end within 3 s: native code holds it/)
  await worker.left
  const again = cluster.ready(await cluster.scheduler.joins())
  assert.equal(await cluster.result(again, call(2, 'increment', [1])), 2)
  rmSync(file)
  await cluster.end([again])
})
