// Local clusters as processes: started, found, asked, ended; those of the dead are cleared away.

import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import test, { after } from 'node:test'
import { askCluster, findClusters } from '../../runtime/cluster/findClusters.ts'
import { startLocalCluster } from '../../runtime/cluster/localCluster.ts'
import { createRunFolder, runFolderParent, writeClusterFile } from '../../runtime/host/runFolder.ts'

// Clusters of these tests are not those of whoever runs them.
const place = mkdtempSync(join(tmpdir(), 'hd-'))
process.env.XDG_RUNTIME_DIR = place
after(() => rmSync(place, { recursive: true, force: true }))

test('a local cluster is found and asked while it runs, and leaves nothing', async () => {
  const cluster = await startLocalCluster({ workers: 1, threadsPerWorker: 1, memoryLimit: '500MB' })
  try {
    assert.equal(cluster.file, join(runFolderParent(), cluster.address.id, 'cluster.json'))
    assert.equal(statSync(cluster.file).mode & 0o777, 0o600)
    assert.equal(statSync(dirname(cluster.file)).mode & 0o777, 0o700)
    assert.equal(statSync(join(dirname(cluster.file), 'control.sock')).mode & 0o777, 0o600)
    assert.deepEqual(findClusters(), [{ file: cluster.file, address: cluster.address }])
    const info = await askCluster(cluster.address)
    assert.equal(info.id, cluster.address.id)
    assert.equal(info.dashboardUrl, cluster.address.dashboardUrl)
    await assert.rejects(askCluster({ ...cluster.address, token: 'guessed' }, 'my cluster'), {
      name: 'AskError',
      message: /^the scheduler at my cluster refused the token/,
    })
    assert.ok(!cluster.address.dashboardUrl.includes(cluster.address.token), 'addresses end up in histories')
  } finally {
    await cluster.close()
  }
  assert.deepEqual(readdirSync(place), [])
  assert.throws(() => process.kill(cluster.address.pid, 0), { code: 'ESRCH' })
  await assert.rejects(askCluster(cluster.address), /no scheduler answers at unix:.*ENOENT/)
})

test('the end of a scheduler that is killed is noticed, and its files go', async () => {
  const cluster = await startLocalCluster({ workers: 1, threadsPerWorker: 1 })
  process.kill(cluster.address.pid, 'SIGKILL')
  await cluster.ended
  await cluster.close()
  assert.deepEqual(readdirSync(place), [])
})

test('a cluster that cannot start says why, and leaves nothing', async () => {
  const taken = createServer()
  const port = await new Promise<number>((resolve) =>
    taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port)),
  )
  try {
    await assert.rejects(startLocalCluster({ workers: 1, threadsPerWorker: 1, port }), {
      name: 'ClusterStartError',
      message: new RegExp(
        `^the cluster cannot start: port ${port} is in use by another program\\. Choose another`,
      ),
    })
  } finally {
    taken.close()
  }
  await assert.rejects(startLocalCluster({ workers: 0 }), /^WorkerCountError: workers must be a whole number/)
  assert.deepEqual(readdirSync(place), [])
})

test('folders of the dead are cleared away, those of the living and of the starting stay', () => {
  const address = { control: 'unix:/x', token: 't', dashboardUrl: '', protocol: 1, version: '0' }
  const dead = createRunFolder('dead')
  // No process has this number: it is above the most that a system gives out.
  writeClusterFile(dead, { ...address, id: 'dead', pid: 2 ** 30 })
  const alive = createRunFolder('alive')
  writeClusterFile(alive, { ...address, id: 'alive', pid: process.pid })
  const starting = createRunFolder('starting'.slice(0, 8))
  const never = createRunFolder('never')
  writeFileSync(join(never, 'cluster.json'), '{"half":')
  utimesSync(never, 0, 0)
  const worker = createRunFolder(`w-${2 ** 30}`)
  const ownWorker = createRunFolder(`w-${process.pid}`)
  const foreign = join(runFolderParent(), 'somebody-elses-folder')
  mkdirSync(foreign)
  assert.deepEqual(
    findClusters().map((found) => found.address.id),
    ['alive'],
  )
  assert.deepEqual(
    [dead, alive, starting, never, worker, ownWorker, foreign].map((folder) => existsSync(folder)),
    [false, true, true, false, false, true, true],
  )
  assert.equal(readFileSync(join(alive, 'cluster.json'), 'utf8').endsWith('}\n'), true)
  rmSync(runFolderParent(), { recursive: true })
})
