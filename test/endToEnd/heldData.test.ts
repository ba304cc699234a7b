// What a program persisted is told to others with its line and bytes, and let go of by their wish.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startLocalCluster } from '../../runtime/cluster/localCluster.ts'
import { bag, Client, persist } from '../../runtime/index.ts'
import type { HeldData } from '../../runtime/protocol/runs.ts'
import { Connection } from '../../runtime/session/connection.ts'

test('persisted data is told and released by another client', async (t) => {
  const cluster = await startLocalCluster({ workers: 1, threadsPerWorker: 1 })
  const client = await Client.connect(cluster.file)
  const editor = await Connection.open({ ...cluster.address, source: cluster.file }, 'an editor')
  editor.listen(
    () => {},
    () => {},
  )
  t.after(async () => {
    editor.close('the test is over')
    await client.close()
    await cluster.close()
  })
  const asked = async (what: string, key?: string): Promise<unknown> => {
    const answer = await editor.request(what, (request) => ({ type: 'query', request, what, key }))
    return answer.type === 'answer' ? answer.value : answer
  }
  const [kept] = await persist(bag.range(1000, { partitions: 4 }).map((n) => ({ n })))
  const few = await kept.filter(({ n }) => n < 3).compute()
  assert.equal(few.length, 3)
  const held = (await asked('held')) as HeldData[]
  assert.deepEqual(
    held.map(({ results, place }) => [results, place?.file]),
    [[4, import.meta.filename]],
  )
  assert.ok(held[0].bytes > 1000)
  const { client: owner, group } = held[0]
  assert.equal(await asked('let-go', JSON.stringify({ client: owner, group })), 4)
  assert.deepEqual(await asked('held'), [])
  await assert.rejects(kept.count().compute(), /is cancelled/)
})
