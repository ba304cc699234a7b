// A window's cluster as real processes: found again, ended when the last window has gone, kept when it was told to stay.

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import {
  ClusterStartError,
  findLocalCluster,
  type LocalClusterRequest,
  startLocalCluster,
} from '../../client/cluster/localCluster.ts'
import { SchedulerConnection } from '../../client/connection/schedulerConnection.ts'
import { kill, pidsWith, root, until } from './kit.ts'

/** A folder for clusters that is this test's alone; what still runs below it at the end fails the test. */
function clusters(t: TestContext): { folder: string; request: LocalClusterRequest } {
  const folder = mkdtempSync(join(tmpdir(), 'hk-'))
  const runtime = join(folder, 'r')
  mkdirSync(runtime, { mode: 0o700 })
  const before = process.env.XDG_RUNTIME_DIR
  process.env.XDG_RUNTIME_DIR = runtime
  t.after(() => {
    if (before === undefined) delete process.env.XDG_RUNTIME_DIR
    else process.env.XDG_RUNTIME_DIR = before
    for (const pid of pidsWith(runtime)) kill(pid)
    rmSync(folder, { recursive: true, force: true })
  })
  const request: LocalClusterRequest = {
    node: process.execPath,
    keeper: join(root, 'dist', 'keeper.mjs'),
    runtime: join(root, 'dist', 'runtime'),
    workers: 1,
    threadsPerWorker: 1,
    memoryLimit: '500MB',
    graceMs: 2000,
    keep: false,
    logFile: join(folder, 'cluster.log'),
  }
  return { folder: runtime, request }
}

const SILENT = { runEvent() {}, log() {}, lost() {} }

async function nothingLeft(folder: string): Promise<void> {
  await until(() => pidsWith(folder).length === 0, 'no process is left')
  const left = readdirSync(folder).flatMap((each) => readdirSync(join(folder, each)))
  assert.deepEqual(left, [])
}

test('a cluster is found again by its note, and ends when the last window has gone', async (t) => {
  const { folder, request } = clusters(t)
  const first = await startLocalCluster(request)
  const again = await findLocalCluster(first.note)
  assert.equal(again?.address.id, first.address.id)
  first.presence.leave()
  const connection = await SchedulerConnection.open(first.address, '0.1.0', SILENT)
  assert.equal(connection.cluster.id, first.address.id, 'one window is still there')
  connection.close()
  again?.presence.leave()
  await nothingLeft(folder)
  assert.equal(await findLocalCluster(first.note), undefined)
})

test('a cluster that was told to stay outlives its windows, until it is shut down', async (t) => {
  const { folder, request } = clusters(t)
  const { address, note, presence } = await startLocalCluster({ ...request, graceMs: 0, keep: true })
  presence.leave()
  const again = await findLocalCluster(note)
  assert.ok(again, 'it is there without a window')
  const connection = await SchedulerConnection.open(address, '0.1.0', SILENT)
  connection.shutdown('the test is over')
  await connection.closed
  again.presence.leave()
  await nothingLeft(folder)
})

test('a scheduler that is killed takes its keeper and its folder along', async (t) => {
  const { folder, request } = clusters(t)
  const first = await startLocalCluster(request)
  process.kill(first.address.pid, 'SIGKILL')
  await until(() => !existsSync(first.note.clusterFile), 'its folder is gone')
  await nothingLeft(folder)
})

test('a cluster that cannot start says why', async (t) => {
  const { folder, request } = clusters(t)
  await assert.rejects(startLocalCluster({ ...request, memoryLimit: 'lots' }), (error: Error) => {
    assert.ok(error instanceof ClusterStartError)
    assert.equal(
      error.message,
      '"lots" is no memory limit: write an amount like 4GB or 512MiB, or a fraction of all memory like 0.5',
    )
    return true
  })
  await assert.rejects(
    startLocalCluster({ ...request, node: '/nowhere/node' }),
    /\/nowhere\/node does not start: /,
  )
  await nothingLeft(folder)
})
