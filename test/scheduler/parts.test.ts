// Results in parts: who takes which, how large it is thought to be, and that parts beside each other are of the same run.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { finished, joined, lost, type PaperCluster, retired, returned, simulate } from './kit.ts'

const parts = { s: 4 }

/** What a worker was last told to run: of each dependency its part, its run and about how large it is. */
function taken(cluster: PaperCluster, key: string): { part: number; run: number; bytes: number }[] {
  const { task, run } = cluster.attempt(key)
  for (const { message } of cluster.sent.toReversed()) {
    if (message.type !== 'execute') continue
    const at = message.tasks.findIndex((one, i) => one === task && message.runs[i] === run)
    if (at === -1) continue
    const found: { part: number; run: number; bytes: number }[] = []
    for (let e = message.dependencyOffsets[at]; e < message.dependencyOffsets[at + 1]; e++)
      found.push({
        part: message.dependencyParts?.[e] ?? -1,
        run: message.dependencyRuns[e],
        bytes: message.dependencySizes[e],
      })
    return found
  }
  return assert.fail(`${key} was never sent to a worker`)
}

test('a worker is told which part each run takes, and about how large that is', () => {
  const cluster = simulate('s; a; t <- s/0 a s/3; u <- s/1', { workers: ['w1'], parts })
  cluster.play(finished('s', 'w1', { bytes: 400 }))
  const { run } = cluster.attempt('s')
  cluster.play(finished('a', 'w1', { bytes: 30 }))
  const whole = { part: -1, run: cluster.attempt('a').run, bytes: 30 }
  assert.deepEqual(taken(cluster, 't'), [{ part: 0, run, bytes: 100 }, whole, { part: 3, run, bytes: 100 }])
  cluster.play(finished('t', 'w1'))
  assert.deepEqual(taken(cluster, 'u'), [{ part: 1, run, bytes: 100 }])
})

test('parts of one split that a run takes are of the same run, also when it was made again', () => {
  const cluster = simulate('s; t <- s/0 s/3; u <- s/1 s/3', { workers: ['w1'], parts })
  cluster.play(finished('s', 'w1', { bytes: 400 }))
  const first = cluster.attempt('s').run
  cluster.play(finished('t', 'w1'), joined('w2'), lost('w1'), finished('s', 'w2', { bytes: 400 }))
  const again = cluster.attempt('s').run
  assert.notEqual(again, first)
  for (const key of ['t', 'u']) {
    if (key === 'u') cluster.play(finished('t', 'w2'))
    assert.deepEqual(
      taken(cluster, key).map(({ run }) => run),
      [again, again],
    )
  }
})

test('a split goes when the last run that takes a part of it is over, and not before', () => {
  const cluster = simulate('s; t <- s/0; u <- s/1', { workers: ['w1'], parts })
  cluster.play(finished('s', 'w1'), finished('t', 'w1'))
  assert.deepEqual(
    cluster.take().filter((said) => said.startsWith('discard')),
    [],
  )
  cluster.play(finished('u', 'w1'))
  assert.ok(cluster.take().includes('discard s@w1'))
})

test('a split is not copied as its worker leaves: parts are fetched while it is there, and made again when it is gone', () => {
  const cluster = simulate('s; b; t <- s/0 b', { workers: ['w1'], parts })
  cluster.play(finished('s', 'w1', { bytes: 400 }), joined('w2'))
  cluster.take()
  cluster.play(retired('w1'), finished('b', 'w1'))
  assert.deepEqual(cluster.take(), ['recall b@w1', 'execute t@w2'])
  cluster.play(lost('w1'), returned('t', 'w2'))
  assert.deepEqual(cluster.take(), ['execute s@w2', 'execute b@w2'])
})

function refusalOf(text: string, wanted = ['t']): string {
  const cluster = simulate('', { workers: ['w1'] })
  cluster.submit(text, { parts, wanted })
  cluster.settle()
  assert.equal(cluster.scheduler.state.tasks.used, 0, 'nothing of it is left')
  return cluster
    .take()
    .join()
    .replaceAll(/-[0-9a-f]{32}/g, '')
}

test('what comes in parts is taken in parts that there are, and what is whole as a whole', () => {
  assert.equal(refusalOf('s; t <- s'), 'graph-refused: t takes all of a result that comes in 4 parts')
  assert.equal(refusalOf('s; t <- s/4'), 'graph-refused: t takes part 4 of a result that comes in 4 parts')
  assert.equal(refusalOf('a; t <- a/0'), 'graph-refused: t takes part 0 of a result that comes whole')
  assert.equal(
    refusalOf('s; t <- s/0', ['s']),
    'graph-refused: s comes in parts: no client can have it as one result',
  )
})
