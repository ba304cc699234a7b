// The cases of sessionLoss.test.ts.

import assert from 'node:assert/strict'
import { appendFileSync, readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { type LocalCluster, startLocalCluster } from '../../runtime/cluster/localCluster.ts'
import { Client, ConnectError, LostError } from '../../runtime/index.ts'
import { countingFile } from './countingFile.ts'

const inc = (x: number): number => x + 1
const forever = (): Promise<never> => new Promise(() => setInterval(() => {}, 1000))

/** A result too large to ride in a message, made anew at each run. */
function large(file: string): Float64Array {
  appendFileSync(file, 'x')
  return new Float64Array(200_000).fill(3)
}

describe('clients of one cluster', () => {
  let cluster: LocalCluster

  before(async () => {
    cluster = await startLocalCluster({ workers: 2, threadsPerWorker: 1 })
  })

  after(() => cluster.close())

  test('connect: by the path of cluster.json, by what it holds, by address and token', async () => {
    const { control, token } = cluster.address
    for (const client of [
      await Client.connect(cluster.file),
      await Client.connect(cluster.address),
      await Client.connect(control, { token }),
    ]) {
      assert.equal(client.clusterId, cluster.address.id)
      assert.equal(await client.submit(inc, 1).result(), 2)
      await client.close()
    }
    await assert.rejects(Client.connect(control, { token: 'wrong' }), ConnectError)
  })

  test('what one client computed, another has at once; each lets go for itself', async () => {
    const { file, cleanUp } = countingFile()
    const one = await Client.connect(cluster.file)
    const two = await Client.connect(cluster.file)
    try {
      const first = one.submit(large, file)
      await first.result()
      const second = two.submit(large, file)
      assert.equal(second.key, first.key)
      assert.equal((await second.result())[5], 3)
      first.release()
      await one.close()
      assert.equal((await second.result()).length, 200_000)
      assert.equal(readFileSync(file, 'utf8'), 'x', 'it ran once')
    } finally {
      await one.close()
      await two.close()
      cleanUp()
    }
  })

  test('a worker that dies: what ran there runs elsewhere, what it held is computed again', async () => {
    const { file, cleanUp } = countingFile()
    const client = await Client.connect(cluster.file)
    try {
      const held = client.submit(large, file)
      await client
        .with({ pure: false })
        .submit((xs: Float64Array) => xs.length, held)
        .result()
      const holder = await client
        .with({ pure: false })
        .submit((_: Float64Array) => process.pid, held)
        .result()
      process.kill(holder, 'SIGKILL')
      assert.equal((await held.result())[7], 3)
      assert.ok(readFileSync(file, 'utf8').length >= 1)
      assert.deepEqual(await client.gather(client.map(inc, [1, 2, 3])), [2, 3, 4])
    } finally {
      await client.close()
      cleanUp()
    }
  })

  test('a scheduler that dies: pending futures are lost with the reason, and results that came stay', async () => {
    const own = await startLocalCluster({ workers: 1, threadsPerWorker: 1 })
    const client = await Client.connect(own.file)
    try {
      const done = client.submit(inc, 1)
      await done.result()
      const pending = client.submit(forever)
      const waiting = assert.rejects(pending.result(), LostError)
      process.kill(own.address.pid, 'SIGKILL')
      await waiting
      assert.equal(pending.status, 'lost')
      assert.equal(await done.result(), 2)
      assert.throws(() => client.submit(inc, 2), /the connection to the scheduler broke/)
    } finally {
      await client.close()
      await own.close()
    }
  })
})
