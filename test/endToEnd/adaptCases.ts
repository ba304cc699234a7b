// The cases of adapt.test.ts: tasks stand before a gate, so that there is work for as long as the test says.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { WORKERS_MAX } from '../../runtime/cluster/workerCounts.ts'
import { Client, RefusedError } from '../../runtime/index.ts'
import { Gate, type Knock, knockAt } from './gate.ts'

/** Looks often, and lets go soon. */
const QUICK = { targetDurationMs: 50, intervalMs: 50, waitCount: 2 }

describe('a cluster of this machine that follows its load', { concurrency: false }, () => {
  let client: Client
  let gate: Gate

  before(async () => {
    gate = await Gate.listen()
    client = await Client.local({ workers: 1, threadsPerWorker: 1 })
  })
  after(async () => {
    await client?.close()
    await gate?.[Symbol.asyncDispose]()
  })

  const untilWorkers = async (count: number): Promise<void> => {
    while ((await client.info()).workers.length !== count) await new Promise(setImmediate)
  }
  const submitted = (count: number, of: string) =>
    client.map(
      knockAt,
      Array.from({ length: count }, () => gate.port),
      Array.from({ length: count }, (_, i) => `${of}${i}`),
    )

  test('more workers come while there is work; when it is done they go, and no result with them', async () => {
    await client.adapt({ minimum: 1, maximum: 3, ...QUICK })
    const futures = submitted(6, 'task')
    const knocks: Knock[] = []
    for (let i = 0; i < 3; i++) knocks.push(await gate.next())
    assert.equal(new Set(knocks.map(({ pid }) => pid)).size, 3, 'each of three workers has begun one')
    for (const knock of knocks) knock.open()
    for (let i = 3; i < 6; i++) (await gate.next()).open()
    const pids = await client.gather(futures)
    assert.ok(new Set(pids).size >= 3)

    await untilWorkers(1)
    assert.deepEqual(await client.gather(futures), pids)
    assert.equal(gate.waiting, 0, 'nothing was computed again')
  })

  test('a worker that is to go ends its task first', async () => {
    await client.adapt({ minimum: 2, maximum: 2, ...QUICK })
    await untilWorkers(2)
    const futures = submitted(2, 'long')
    const [first, second] = [await gate.next(), await gate.next()]
    await client.adapt({ minimum: 0, maximum: 1, ...QUICK })
    // One of the two is leaving by now, or soon: both still run, once each.
    first.open()
    await Promise.race(futures.map((future) => future.result()))
    second.open()
    assert.deepEqual(new Set(await client.gather(futures)), new Set([first.pid, second.pid]))
    assert.equal(gate.waiting, 0)
  })

  test('with nothing to do and nothing to keep there are no workers, until there is work', async () => {
    await client.adapt({ maximum: 1, ...QUICK })
    await untilWorkers(0)
    const [future] = submitted(1, 'late')
    ;(await gate.next()).open()
    assert.equal(typeof (await future.result()), 'number')
  })

  test('a number that somebody asks for is kept, with nothing to do', async () => {
    await client.scale(2)
    await untilWorkers(2)
    // Ten looks at the load would have let them go.
    const started = performance.now()
    while (performance.now() - started < 10 * QUICK.intervalMs)
      assert.equal((await client.info()).workers.length, 2)
  })

  test('what cannot be is refused', async () => {
    await assert.rejects(client.adapt({ maximum: 0 }), {
      name: 'RefusedError',
      message: /maximum must be a whole number ≥ 1, not 0/,
    })
    await assert.rejects(client.adapt({ minimum: 3, maximum: 2 }), RefusedError)
    await assert.rejects(
      client.adapt({ maximum: 5000 }),
      new RegExp(`a machine has ${WORKERS_MAX} workers at most`),
    )
  })
})
