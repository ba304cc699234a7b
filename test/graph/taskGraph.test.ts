// Task graphs under construction: what is kept for a task, and how its arguments are told.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ReferenceArgs } from '../../runtime/graph/referenceArgs.ts'
import { TaskGraph, type TaskRef } from '../../runtime/graph/taskGraph.ts'

const indices = (args: readonly unknown[]): unknown[] =>
  args.map((each) => (typeof each === 'number' ? each : `#${(each as TaskRef).index}`))

test('tasks that take results of others share columns: no list is kept of a task', () => {
  const graph = new TaskGraph()
  const group = graph.addGroup({ fn: Math.max })
  const roots = [graph.addTask(group, []), graph.addTask(group, [1])]
  const plain = [graph.addTask(group, roots), graph.addTask(group, [roots[1]])]
  const headed = [graph.addTask(group, [7, plain[0]]), graph.addTask(group, [0.5, plain[1], roots[0]])]
  const named = graph.addReferences(group, [0, 4], 9)
  assert.deepEqual([...new Set(graph.args)].length, 4)
  assert.ok(graph.args[2] instanceof ReferenceArgs && graph.args[4] instanceof ReferenceArgs)
  assert.deepEqual([graph.args[2].first, graph.args[2].end], [2, 4])
  assert.deepEqual(
    [...plain.map(({ index }) => index), ...headed.map(({ index }) => index), named].map((task) =>
      indices(graph.argsOf(task)),
    ),
    [['#0', '#1'], ['#1'], [7, '#2'], [0.5, '#3', '#0'], [9, '#0', '#4']],
  )
})

test('what is more than different references of this graph is kept as it came', () => {
  const graph = new TaskGraph()
  const other = new TaskGraph()
  const group = graph.addGroup({ fn: Math.max })
  const one = graph.addTask(group, [])
  const foreign = other.addTask(other.addGroup({ fn: Math.max }), [])
  const many = Array.from({ length: 17 }, () => graph.addTask(group, [])) as unknown[]
  for (const args of [[one, one], [foreign], [one, 1], [1, 2, one], [[one]], ['1', one], [3], many])
    assert.equal(graph.args[graph.addTask(group, args).index], args)
})
