// Where threads spend their time is asked of workers while a client wants to know, and told to it in sum; so are spills.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LineFigures, LineTime } from '../../runtime/protocol/runs.ts'
import { clientJoined, finished, lost, type PaperCluster, simulate } from './kit.ts'

const ask =
  (what: string, request: number, client = 0) =>
  (cluster: PaperCluster): void =>
    cluster.client({ type: 'query', request, what }, client)

const tell =
  (worker: string, told: number, ...lines: [file: string, line: number, selfMs: number][]) =>
  (cluster: PaperCluster): void =>
    cluster.worker(worker, {
      type: 'line-times',
      told,
      lines: lines.map(([file, line, selfMs]) => ({ file, line, selfMs, calledMs: 1 })),
    })

/** What workers were told, e.g. `w1 on`, `w1 off 2`. */
const told = (cluster: PaperCluster): string[] =>
  cluster.sent.flatMap(({ worker, message }) =>
    message.type === 'watch-lines'
      ? [`${worker} ${message.on ? 'on' : 'off'}${message.tell > 0 ? ` ${message.tell}` : ''}`]
      : [],
  )

function answer(cluster: PaperCluster, request: number): string[] | undefined {
  const reply = cluster.replies.find((each) => each.type === 'answer' && each.request === request)
  if (reply?.type !== 'answer') return undefined
  return (reply.value as LineTime[]).map(
    ({ file, line, selfMs, calledMs }) => `${file}:${line} ${selfMs} ${calledMs}`,
  )
}

test('threads are sampled from the first wish to the last answer, which waits for every worker', () => {
  const cluster = simulate('a', { workers: ['w1', 'w2'] })
  cluster.play(ask('watch-lines', 1), ask('watch-lines', 2))
  assert.deepEqual(told(cluster), ['w1 on', 'w2 on'], 'once')
  cluster.play((c) => c.join('w3'))
  assert.deepEqual(told(cluster).at(-1), 'w3 on', 'one that joins is told too')
  cluster.play(tell('w1', 0, ['a.ts', 1, 5]))
  cluster.play(ask('line-times', 3))
  assert.deepEqual(told(cluster).slice(-3), ['w1 off 1', 'w2 off 1', 'w3 off 1'])
  cluster.play(tell('w1', 1, ['a.ts', 1, 2], ['a.ts', 2, 1]), tell('w2', 1, ['a.ts', 1, 10]))
  assert.equal(answer(cluster, 3), undefined)
  cluster.play(lost('w3'))
  assert.deepEqual(answer(cluster, 3), ['a.ts:1 17 3', 'a.ts:2 1 1'], 'one that has left owes nothing')
  const before = told(cluster).length
  cluster.play(tell('w1', 1, ['a.ts', 1, 2]), (c) => c.join('w4'))
  assert.equal(told(cluster).length, before, 'nobody watches any more')
})

test('while another client watches, it goes on; each is told what was seen since it began', () => {
  const cluster = simulate('a', { workers: ['w1'] })
  cluster.play(ask('watch-lines', 1), tell('w1', 0, ['a.ts', 1, 5]))
  cluster.play(clientJoined(1), ask('watch-lines', 2, 1), tell('w1', 0, ['b.ts', 1, 7]))
  cluster.play(ask('line-times', 3))
  assert.deepEqual(told(cluster), ['w1 on', 'w1 on 1'])
  // Both ask before the worker has answered the first: then nobody is left, and it rests.
  cluster.play(ask('line-times', 4, 1), tell('w1', 1, ['b.ts', 1, 1]), tell('w1', 2))
  assert.deepEqual(answer(cluster, 3), ['a.ts:1 5 1', 'b.ts:1 8 2'])
  assert.deepEqual(answer(cluster, 4), ['b.ts:1 8 2'])
  assert.deepEqual(told(cluster).slice(2), ['w1 on 2', 'w1 off'])
})

test('a client that leaves watches no more, and is owed nothing', () => {
  const cluster = simulate('a', { workers: ['w1'] })
  cluster.play(clientJoined(1), ask('watch-lines', 1, 1), ask('line-times', 2, 1))
  cluster.play((c) => c.scheduler.clientLeft(1, c.nowMs), tell('w1', 1, ['a.ts', 1, 5]))
  assert.equal(answer(cluster, 2), undefined)
  cluster.play(clientJoined(2), ask('watch-lines', 3, 2), (c) => c.scheduler.clientLeft(2, c.nowMs))
  assert.deepEqual(told(cluster), ['w1 on', 'w1 off 1', 'w1 on', 'w1 off'])
})

test('who never watched, and who has no workers, is answered at once', () => {
  const cluster = simulate('a', { workers: ['w1'] })
  cluster.play(ask('line-times', 1))
  assert.deepEqual([answer(cluster, 1), told(cluster)], [[], []])
  const alone = simulate('a', { workers: [] })
  alone.play(ask('watch-lines', 1), ask('line-times', 2))
  assert.deepEqual(answer(alone, 2), [])
})

test('bytes that workers wrote to disk are counted by the line that asked for them', () => {
  const cluster = simulate('a1; a2; b', { workers: ['w1*3'] })
  for (const info of cluster.scheduler.state.groups.infos)
    Object.assign(info, { file: 'a.ts', line: info.group + 1 })
  cluster.play(finished('a1 a2 b', 'w1', { bytes: 100 }))
  const [a1, a2] = [cluster.attempt('a1'), cluster.attempt('a2')]
  const spilled = (runs: number[]): void =>
    cluster.worker('w1', {
      type: 'spilled',
      tasks: Int32Array.of(a1.task, a2.task, 9999),
      runs: Int32Array.from(runs),
    })
  cluster.play(() => spilled([a1.run, a2.run + 1, 1]), ask('lines', 1))
  const reply = cluster.replies.find((each) => each.type === 'answer' && each.request === 1)
  assert.ok(reply?.type === 'answer')
  assert.deepEqual(
    (reply.value as LineFigures[]).map(({ name, bytes, spilledBytes }) => [name, bytes, spilledBytes]),
    [
      ['a', 200, 100],
      ['b', 100, 0],
    ],
    'of an older run and of an unknown task nothing counts',
  )
})
