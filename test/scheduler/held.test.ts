// What clients hold is told by client and group, and others may let go of it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HeldData } from '../../runtime/protocol/runs.ts'
import { clientJoined, finished, type PaperCluster, simulate, submitted } from './kit.ts'

function asked(cluster: PaperCluster, what: string, key?: string): unknown {
  cluster.play((one) => one.client({ type: 'query', request: 7, what, ...(key !== undefined && { key }) }))
  const reply = cluster.replies.findLast((each) => each.type === 'answer')
  return reply?.type === 'answer' ? reply.value : undefined
}

const held = (cluster: PaperCluster): string[] =>
  (asked(cluster, 'held') as HeldData[]).map(
    ({ client, name, results, bytes }) => `${client}: ${name} ${results} ${bytes}`,
  )

test('results that are there and wanted are told, the largest first; those on their way are not', () => {
  const cluster = simulate('a1; a2; b', { workers: ['w1*3'] })
  assert.deepEqual(held(cluster), [])
  cluster.play(finished('a1 a2', 'w1', { bytes: 10 }))
  assert.deepEqual(held(cluster), ['0: a 2 20'])
  cluster.play(finished('b', 'w1', { bytes: 1000 }))
  assert.deepEqual(held(cluster), ['0: b 1 1000', '0: a 2 20'])
})

test('what one client lets go of by hand is gone from the workers, it is told so, and others keep theirs', () => {
  const cluster = simulate('a; b', { workers: ['w1*2'] })
  cluster.play(clientJoined(1), submitted('b', {}, 1), finished('a b', 'w1', { bytes: 5 }))
  assert.deepEqual(held(cluster).sort(), ['0: a 1 5', '0: b 1 5', '1: b 1 5'])
  const group = (name: string): number =>
    (asked(cluster, 'held') as HeldData[]).find((each) => each.name === name)!.group
  cluster.instructions.length = 0
  assert.equal(asked(cluster, 'let-go', JSON.stringify({ client: 0, group: group('b') })), 1)
  assert.deepEqual(cluster.instructions, ['cancelled b'], 'the other client still has it')
  cluster.instructions.length = 0
  assert.equal(asked(cluster, 'let-go', JSON.stringify({ client: 0, group: group('a') })), 1)
  assert.deepEqual(cluster.instructions.sort(), ['cancelled a', 'discard a@w1'])
  assert.equal(asked(cluster, 'let-go', JSON.stringify({ client: 9, group: 0 })), 0)
  assert.deepEqual(held(cluster), ['1: b 1 5'])
})
