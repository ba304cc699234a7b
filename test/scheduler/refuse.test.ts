// Bad graphs: one clear error to their sender, nothing of them is taken in, and everyone else goes on.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GraphMessage } from '../../runtime/protocol/messages.ts'
import type { TaskOptions } from '../../runtime/protocol/taskOptions.ts'
import { graphMessage, readGraph } from './graphText.ts'
import { finished, simulate, submitted } from './kit.ts'

function refusal(change: (message: GraphMessage) => void, text = 'x; y <- x'): string[] {
  const cluster = simulate('a', { workers: ['w1'] })
  const message = graphMessage(readGraph(text), { graph: 7, wanted: ['y'], handles: [77] })
  change(message)
  cluster.take()
  cluster.play((one) => one.client(message))
  const said = cluster.take()
  assert.equal(cluster.scheduler.state.tasks.used, 1, 'nothing of it is left')
  cluster.play(finished('a', 'w1'))
  assert.deepEqual(cluster.take(), ['finished a'], 'the others go on')
  return said
}

test('a cycle', () => {
  const [said] = refusal((message) => {
    message.dependencies[0] = 1
  })
  assert.match(
    said,
    /^graph-refused: y-[0-9a-f]{32} depends on y-[0-9a-f]{32}, which does not come before it/,
  )
})

test('a dependency beyond the end of the graph', () => {
  const [said] = refusal((message) => {
    message.dependencies[0] = 99
  })
  assert.match(said, /^graph-refused: y-[0-9a-f]{32} depends on task 99 of a graph of 2$/)
})

test('a missing dependency', () => {
  const [said] = refusal(() => {}, 'y <- gone')
  assert.match(said, /^graph-refused: the graph depends on a key that the scheduler does not have/)
})

test('columns that do not fit each other', () => {
  assert.match(
    refusal((message) => {
      message.argOffsets = Uint32Array.of(0, 9, 1)
    })[0],
    /its column argOffsets does not fit/,
  )
  assert.match(
    refusal((message) => {
      message.group = Uint32Array.of(0, 5)
    })[0],
    /its column group does not fit/,
  )
})

test('a module that was not sent', () => {
  const [said] = refusal((message) => {
    message.callableModules[0] = ['m-123']
  })
  assert.match(said, /need modules that were not sent: m-123/)
})

test('options that make no sense', () => {
  const [said] = refusal((message) => {
    message.options = [{ resources: { gpu: -1 } }]
  })
  assert.match(said, /an option of the graph cannot be used: resource gpu: -1 is not an amount/)
})

test('options of another kind than they should be', () => {
  const table: [options: object, text: RegExp][] = [
    [{ resources: null }, /resources is no record of amounts/],
    [{ resources: { gpu: '1' } }, /resource gpu: 1 is not an amount/],
    [{ workers: 'w1' }, /workers is no list of names/],
    [{ workers: [1] }, /workers is no list of names/],
    [{ priority: 'high' }, /priority high is not within/],
    [{ retries: Number.NaN }, /retries NaN is not a count/],
    [{ timeoutMs: null }, /timeoutMs null is not a duration/],
  ]
  for (const [options, text] of table) {
    const [said] = refusal((message) => {
      message.options = [options as TaskOptions]
    })
    assert.match(said, text)
  }
})

test('a handle that is in use', () => {
  const [said] = refusal((message) => {
    message.handles = Uint32Array.of(1)
  })
  assert.match(said, /handle 1 is in use/)
})

test('one key with two contents', () => {
  const cluster = simulate('', { workers: ['w1'] })
  const graph = (args: string, handle: number): GraphMessage =>
    graphMessage(readGraph('x'), {
      graph: handle,
      wanted: ['x'],
      handles: [handle],
      customKeys: ['x'],
      args: { x: args },
    })
  cluster.play((one) => one.client(graph('1', 501)))
  cluster.play((one) => one.client(graph('1', 502)))
  cluster.play((one) => one.client(graph('2', 503)))
  assert.deepEqual(
    cluster.take().filter((line) => line.startsWith('graph-refused')),
    [
      'graph-refused: x is the key of another computation already: one key cannot have two contents. ' +
        'Choose another key, or leave it out and it follows from the function and its arguments',
    ],
  )
})

test('a key that comes twice in one graph is one task', () => {
  const cluster = simulate('', { workers: ['w1*4'] })
  const message = graphMessage(readGraph('a; b; c <- a b'), { graph: 1, wanted: ['c'], handles: [1] })
  // b is another name for a.
  message.digests.copyWithin(16, 0, 16)
  cluster.play((one) => one.client(message))
  assert.deepEqual(cluster.take(), ['execute a@w1'])
  cluster.play(finished('a', 'w1'))
  assert.deepEqual(cluster.take(), ['execute c@w1'])
})

test('a request of an unknown kind, and one that only the process around the core can serve', () => {
  const cluster = simulate('')
  cluster.play((one) => one.client({ type: 'query', request: 3, what: 'nonsense' }))
  cluster.play((one) => one.client({ type: 'scale', request: 4, workers: 2 }))
  assert.deepEqual(cluster.take(), [
    'refused: no report is called "nonsense": there are info, story, explain, why, lines, watch-lines, line-times, held, let-go, dump, rebalance, replicate, datasets, dataset, hold-dataset, publish and unpublish',
    'refused: nobody here can serve a scale message',
  ])
})

test('more tasks than memory', () => {
  const cluster = simulate('a', { workers: ['w1'] })
  const { tasks } = cluster.scheduler.state
  const { take } = tasks
  tasks.take = () => {
    throw new RangeError('Array buffer allocation failed')
  }
  cluster.take()
  cluster.play(submitted('b; c <- b'))
  tasks.take = take
  assert.deepEqual(cluster.take(), [
    'graph-refused: the scheduler has no memory for 2 more tasks beside its 1: Array buffer allocation failed',
  ])
  cluster.play(submitted('d'), finished('a', 'w1'))
  assert.deepEqual(cluster.take(), ['execute d@w1', 'finished a'])
})

test('many graphs after a refused one', () => {
  const cluster = simulate('a', { workers: ['w1'] })
  cluster.play(submitted('b <- gone'), submitted('c'))
  assert.deepEqual(
    cluster.take().map((line) => line.split(':')[0]),
    ['execute a@w1', 'graph-refused', 'execute c@w1'],
  )
})
