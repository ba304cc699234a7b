// What is published is held by the scheduler itself: after its client has left, until it is unpublished.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DatasetSummary, FoundDataset } from '../../runtime/protocol/datasets.ts'
import { keyText } from '../../runtime/protocol/ids.ts'
import type { HeldData } from '../../runtime/protocol/runs.ts'
import { replay } from '../../runtime/scheduler/eventLog.ts'
import { Scheduler } from '../../runtime/scheduler/scheduler.ts'
import { digestOf } from './graphText.ts'
import {
  cancelled,
  clientJoined,
  clientLeft,
  erred,
  finished,
  joined,
  lost,
  type PaperCluster,
  released,
  simulate,
  submitted,
} from './kit.ts'

/** The answer to a query, or why it was refused. */
function asked(cluster: PaperCluster, what: string, details?: unknown, client = 0): unknown {
  cluster.play((one) => one.client({ type: 'query', request: 7, what, details }, client))
  const reply = cluster.replies.findLast(({ type }) => type === 'answer' || type === 'refused')
  return reply?.type === 'answer' ? reply.value : reply?.type === 'refused' && reply.reason
}

const publish = (cluster: PaperCluster, name: string, keys: string, more: object = {}): unknown =>
  asked(cluster, 'publish', {
    name,
    kind: 'bag',
    handles: keys.split(' ').map((key) => cluster.handleOf(key)),
    description: Uint8Array.of(1, 2),
    overwrite: false,
    ...more,
  })

const list = (cluster: PaperCluster): string[] =>
  (asked(cluster, 'datasets') as DatasetSummary[]).map(
    ({ name, kind, by, tasks, done, bytes }) => `${name}: ${kind} of ${by}, ${done} of ${tasks}, ${bytes} B`,
  )

/** Another client opens a dataset under handles from 100 on. */
function opened(cluster: PaperCluster, name: string, client = 1): unknown {
  const { number } = asked(cluster, 'dataset', { name }, client) as FoundDataset
  return asked(cluster, 'hold-dataset', { name, number, first: 100 }, client)
}

test('what is published stays when its client leaves, and goes when it is unpublished', () => {
  const cluster = simulate('a; b <- a', { workers: ['w1'], wanted: ['a', 'b'] })
  cluster.play(finished('a', 'w1', { bytes: 10 }))
  assert.deepEqual(publish(cluster, 'both', 'a b'), { published: 1 })
  assert.deepEqual(list(cluster), ['both: bag of test, 1 of 2, 10 B'])
  cluster.take()
  cluster.play(clientLeft(0), clientJoined(1))
  assert.deepEqual(cluster.take(), [], 'what runs goes on')
  cluster.play(finished('b', 'w1', { bytes: 5 }))
  assert.deepEqual(cluster.take(), [], 'nobody is to be told')
  assert.equal(cluster.scheduler.state.tasks.used, 2)
  assert.equal(asked(cluster, 'unpublish', { name: 'both' }, 1), true)
  assert.deepEqual(cluster.take().sort(), ['discard a@w1', 'discard b@w1'])
  assert.equal(asked(cluster, 'unpublish', { name: 'both' }, 1), false)
  assert.equal(cluster.scheduler.state.tasks.used, 0)
})

test('another client holds what it opens: told what is there, and it stays when unpublished', () => {
  const cluster = simulate('a; b; c', { workers: ['w1*3'] })
  cluster.play(finished('a', 'w1'), erred('c', 'w1'))
  publish(cluster, 'all', 'a b c')
  cluster.play(clientLeft(0), clientJoined(1))
  const found = asked(cluster, 'dataset', { name: 'all' }, 1) as FoundDataset
  assert.deepEqual(found.taskNames, ['a', 'b', 'c'])
  assert.deepEqual(found.customKeys, [null, null, null])
  assert.deepEqual([...found.description], [1, 2])
  assert.deepEqual(
    found.taskNames.map((name, i) => keyText(name, found.digests.subarray(16 * i))),
    found.taskNames.map((name) => keyText(name, digestOf(name))),
  )
  cluster.take()
  assert.equal(opened(cluster, 'all'), true)
  assert.deepEqual(cluster.take(), ['finished #100 for 1', 'erred #102: threw of c for 1'])
  cluster.play(finished('b', 'w1'))
  assert.deepEqual(cluster.take(), ['finished #101 for 1'])
  assert.equal(asked(cluster, 'unpublish', { name: 'all' }, 1), true)
  assert.deepEqual(cluster.take(), [])
  cluster.play(clientLeft(1))
  assert.deepEqual(cluster.take().sort(), ['discard a@w1', 'discard b@w1'])
})

test('a name is taken until it may be overwritten; what old and new share stays', () => {
  const cluster = simulate('a; b; c', { workers: ['w1*3'] })
  cluster.play(finished('a b c', 'w1'))
  publish(cluster, 'd', 'a b')
  const { taken } = publish(cluster, 'd', 'b c') as { taken: DatasetSummary }
  assert.deepEqual([taken.name, taken.by, taken.tasks], ['d', 'test', 2])
  assert.deepEqual(publish(cluster, 'd', 'b c', { overwrite: true }), { published: 2 })
  cluster.take()
  cluster.play(released('a b c'))
  assert.deepEqual(cluster.take(), ['discard a@w1'])
  assert.equal(asked(cluster, 'hold-dataset', { name: 'd', number: 1, first: 100 }), false, 'the old one')
  assert.equal(asked(cluster, 'hold-dataset', { name: 'd', number: 2, first: 100 }), true)
})

test('what its publisher cancels goes on, and what a lost worker held is computed again', () => {
  const cluster = simulate('a; b <- a', { workers: ['w1'], wanted: ['b'] })
  publish(cluster, 'b', 'b')
  cluster.take()
  cluster.play(cancelled('b'))
  assert.deepEqual(cluster.take(), ['cancelled b'])
  cluster.play(finished('a', 'w1'), finished('b', 'w1'), lost('w1'), joined('w2'))
  assert.ok(cluster.take().includes('execute a@w2'))
  assert.deepEqual(list(cluster), ['b: bag of test, 0 of 1, 0 B'])
})

test('handles that are not held, and names that are not there, are said', () => {
  const cluster = simulate('a; b', { workers: ['w1*2'] })
  const handles = [cluster.handleOf('a'), cluster.handleOf('b')]
  cluster.play(released('b'))
  assert.deepEqual(publish(cluster, 'd', 'a', { handles }), { unheld: 1 })
  assert.deepEqual(asked(cluster, 'dataset', { name: 'd' }), { names: [] })
  publish(cluster, 'data', 'a')
  assert.deepEqual(asked(cluster, 'dataset', { name: 'd' }), { names: ['data'] })
  assert.equal(asked(cluster, 'hold-dataset', { name: 'd', number: 1, first: 9 }), false)
})

for (const [title, what, details, reason] of [
  ['no details', 'publish', undefined, 'publish needs the name of a dataset: a text that is not empty'],
  ['an empty name', 'dataset', { name: '' }, 'dataset needs the name of a dataset: a text that is not empty'],
  [
    'a number for a name',
    'unpublish',
    { name: 3 },
    'unpublish needs the name of a dataset: a text that is not empty',
  ],
  [
    'handles that are none',
    'publish',
    { name: 'd', kind: 'bag', handles: [-1], description: new Uint8Array(0) },
    'publish needs a kind, a list of handles and a description',
  ],
  [
    'no description',
    'publish',
    { name: 'd', kind: 'bag', handles: [] },
    'publish needs a kind, a list of handles and a description',
  ],
  [
    'no number',
    'hold-dataset',
    { name: 'd', first: 1 },
    'hold-dataset needs the number of a dataset and a first handle',
  ],
  [
    'a handle in use',
    'hold-dataset',
    { name: 'there', number: 1, first: 1 },
    'handle 1 is in use: a client must not use one twice',
  ],
] as const)
  test(`refused: ${title}`, () => {
    const cluster = simulate('a', { workers: ['w1'] })
    publish(cluster, 'there', 'a')
    assert.equal(asked(cluster, what, details), reason)
    assert.deepEqual(list(cluster), ['there: bag of test, 0 of 1, 0 B'], 'nothing has changed')
  })

test('what is published is listed with what is held, and released by its name', () => {
  const cluster = simulate('a', { workers: ['w1'] })
  cluster.play(finished('a', 'w1', { bytes: 10 }))
  publish(cluster, 'table', 'a')
  cluster.play(released('a'))
  const held = asked(cluster, 'held') as HeldData[]
  assert.deepEqual(
    held.map(({ dataset, clientName, results, bytes }) => [dataset, clientName, results, bytes]),
    [['table', 'test', 1, 10]],
  )
  cluster.play((one) =>
    one.client({ type: 'query', request: 8, what: 'let-go', key: JSON.stringify({ dataset: 'table' }) }),
  )
  assert.deepEqual(list(cluster), [])
  assert.deepEqual(asked(cluster, 'held'), [])
})

test('what is published and held by clients too is told of once, and they are named beside it', () => {
  const cluster = simulate('a1; a2; b', { workers: ['w1*3'] })
  cluster.play(finished('a1 a2', 'w1', { bytes: 10 }), finished('b', 'w1', { bytes: 1000 }))
  publish(cluster, 'some', 'a1')
  const told = (): unknown[] =>
    (asked(cluster, 'held') as HeldData[]).map(({ name, dataset, results, bytes, alsoHeldBy }) => [
      dataset ?? name,
      results,
      bytes,
      alsoHeldBy?.map(({ clientName }) => clientName),
    ])
  const b = ['b', 1, 1000, undefined]
  assert.deepEqual(told(), [b, ['a', 1, 10, undefined], ['some', 1, 10, ['test']]], 'the rest is its own')
  publish(cluster, 'all', 'a1 a2 b')
  assert.deepEqual(told(), [
    ['all', 3, 1020, ['test', 'test']],
    ['some', 1, 10, undefined],
  ])
  asked(cluster, 'unpublish', { name: 'all' })
  assert.deepEqual(told(), [b, ['a', 1, 10, undefined], ['some', 1, 10, ['test']]], 'as it was')
  cluster.play(released('a1'))
  assert.deepEqual(told().at(-1), ['some', 1, 10, undefined], 'held by its name alone')
})

test('played again from its events, a cluster with datasets says the same', () => {
  const cluster = simulate('a; b', { workers: ['w1*2'], recordEvents: true })
  cluster.play(finished('a', 'w1'))
  publish(cluster, 'd', 'a b')
  cluster.play(clientLeft(0), clientJoined(1))
  opened(cluster, 'd')
  cluster.play(finished('b', 'w1'), submitted('c', {}, 1))
  asked(cluster, 'unpublish', { name: 'd' }, 1)
  const { events, complete } = cluster.scheduler.eventLog!.take()
  assert.ok(complete)
  const said: string[] = []
  replay(new Scheduler({ cluster: 'paper', checkInvariants: true }), events, {
    toWorker: () => {},
    toClient: (client, message) => {
      if (message.type === 'answer') said.push(`${client} ${JSON.stringify(message.value)}`)
    },
  })
  const before = cluster.replies.flatMap((reply) =>
    reply.type === 'answer' ? [JSON.stringify(reply.value)] : [],
  )
  assert.deepEqual(
    said.map((line) => line.slice(2)),
    before,
  )
})
