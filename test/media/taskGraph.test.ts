// The task graph: what is unfolded and asked for, where everything stands, what is pointed at.

import assert from 'node:assert/strict'
import test from 'node:test'
import { applyToGroups, type Groups, noGroups } from '../../media/cluster/groups.ts'
import {
  applyToTaskGraph,
  fold,
  noTaskGraph,
  requestsDue,
  type TaskGraph,
  unfold,
} from '../../media/taskGraph/reducer.ts'
import {
  boxTowards,
  CARD_HEIGHT,
  CARD_WIDTH,
  CELL,
  HEAD_HEIGHT,
  hitAt,
  PADDING,
  sceneOf,
} from '../../media/taskGraph/scene.ts'
import { broughtIntoView, fittedViewport, toScene, zoomedViewport } from '../../media/taskGraph/viewport.ts'
import type { FeedMessage } from '../../runtime/protocol/feed.ts'

const WIDE = { width: 5000, height: 300 }
const TALL = { width: 300, height: 5000 }

/** Groups 10, 11, … with `edges` between their places. */
function groupsOf(names: string, edges: number[], computations?: number[]): Groups {
  const groups = noGroups()
  const list = [...names]
  applyToGroups(groups, {
    type: 'snapshot',
    cluster: { id: 'c', version: '', dashboardUrl: '', startedMs: 0, workers: [] },
    groups: list.map((name, i) => ({ name, group: 10 + i, computation: computations?.[i] ?? 1 })),
    counts: new Uint32Array(list.length * 6),
    edges: Uint32Array.from(edges, (place) => place + 10),
    atMs: 0,
  })
  return groups
}

function tasks(group: number, first: number, n: number, edges: number[] = [], total = n): FeedMessage {
  return {
    type: 'tasks',
    group,
    total,
    tasks: Int32Array.from({ length: n }, (_, i) => first + i),
    states: new Uint8Array(n),
    workers: new Int32Array(n).fill(-1),
    durationsMs: new Float64Array(n).fill(Number.NaN),
    keys: Array.from({ length: n }, (_, i) => `k${first + i}`),
    edges: Uint32Array.from(edges),
  }
}

const changed = (...groups: number[]): FeedMessage => ({
  type: 'groups',
  added: [],
  edges: new Uint32Array(0),
  changed: Uint32Array.from(groups),
  counts: new Uint32Array(groups.length * 6),
})

const snapshotOf = (id: string): FeedMessage => ({
  type: 'snapshot',
  cluster: { id, version: '', dashboardUrl: '', startedMs: 0, workers: [] },
  groups: [],
  counts: new Uint32Array(0),
  edges: new Uint32Array(0),
  atMs: 0,
})

test('an unfolded group is asked for at once, then only when its counts changed, at most once a second', () => {
  const graph = noTaskGraph()
  const asks = (nowMs: number) => requestsDue(graph, nowMs)
  const ask = { type: 'unfold', group: 10, limit: 500 }
  unfold(graph, 10, 500)
  assert.deepEqual(asks(0), [ask])
  applyToTaskGraph(graph, changed(10))
  assert.deepEqual(asks(5000), [], 'not while an answer is awaited')
  applyToTaskGraph(graph, tasks(10, 0, 2))
  assert.deepEqual(asks(6000), [ask])
  applyToTaskGraph(graph, tasks(10, 0, 2))
  assert.deepEqual(asks(9000), [], 'nothing changed')
  applyToTaskGraph(graph, changed(10, 11))
  assert.deepEqual(asks(6999), [], 'too soon')
  assert.deepEqual(asks(7000), [ask])
})

test('answers to what was folded meanwhile are dropped; states alone ask for no new layout', () => {
  const graph: TaskGraph = noTaskGraph()
  unfold(graph, 10)
  applyToTaskGraph(graph, tasks(10, 0, 2))
  const { shape } = graph
  applyToTaskGraph(graph, tasks(10, 0, 2))
  assert.equal(graph.shape, shape)
  applyToTaskGraph(graph, tasks(10, 0, 3))
  assert.equal(graph.shape, shape + 1)
  fold(graph, 10)
  assert.equal(applyToTaskGraph(graph, tasks(10, 0, 2)), false)
  assert.deepEqual([...graph.unfolded], [])
})

test('tasks keep their places, whichever the answer begins with', () => {
  const graph = noTaskGraph()
  unfold(graph, 10)
  applyToTaskGraph(graph, tasks(10, 5, 3))
  const { shape } = graph
  applyToTaskGraph(graph, {
    type: 'tasks',
    group: 10,
    total: 3,
    tasks: Int32Array.of(7, 5, 6),
    states: Uint8Array.of(2, 3, 0),
    workers: Int32Array.of(1, 0, -1),
    durationsMs: Float64Array.of(9, 8, 7),
    keys: ['k7', 'k5', 'k6'],
    edges: new Uint32Array(0),
  })
  assert.deepEqual(graph.unfolded.get(10), {
    group: 10,
    total: 3,
    tasks: Int32Array.of(5, 6, 7),
    states: Uint8Array.of(3, 0, 2),
    workers: Int32Array.of(0, -1, 1),
    durationsMs: Float64Array.of(8, 7, 9),
    keys: ['k5', 'k6', 'k7'],
    edges: new Uint32Array(0),
  })
  assert.equal(graph.shape, shape)
})

test('after a reconnect what is unfolded is asked for anew; another cluster folds everything', () => {
  const graph = noTaskGraph()
  applyToTaskGraph(graph, snapshotOf('a'))
  unfold(graph, 10)
  requestsDue(graph, 0)
  applyToTaskGraph(graph, snapshotOf('a'))
  assert.deepEqual(requestsDue(graph, 2000), [{ type: 'unfold', group: 10, limit: 2000 }])
  applyToTaskGraph(graph, snapshotOf('b'))
  assert.deepEqual([...graph.wishes], [])
})

test('cards run right where that fits, down where that fits', () => {
  const groups = groupsOf('abc', [0, 1, 1, 2])
  const right = sceneOf(groups, new Map(), WIDE)
  assert.deepEqual(
    [right.direction, right.boxes.map(({ x, y }) => [x, y]), right.width, right.height],
    [
      'right',
      [
        [0, 0],
        [CARD_WIDTH + 60, 0],
        [2 * (CARD_WIDTH + 60), 0],
      ],
      3 * CARD_WIDTH + 120,
      CARD_HEIGHT,
    ],
  )
  assert.deepEqual([...right.edges], [0, 1, 1, 2])
  const down = sceneOf(groups, new Map(), TALL)
  assert.deepEqual(
    [down.direction, down.boxes.map(({ x, y }) => [x, y])],
    [
      'down',
      [
        [0, 0],
        [0, CARD_HEIGHT + 40],
        [0, 2 * (CARD_HEIGHT + 40)],
      ],
    ],
  )
})

test('one computation alone, and edges that leave it left out', () => {
  const groups = groupsOf('abc', [0, 1, 1, 2], [1, 2, 2])
  const scene = sceneOf(groups, new Map(), WIDE, new Set([2]))
  assert.deepEqual(
    scene.boxes.map(({ place }) => groups.list[place].name),
    ['b', 'c'],
  )
  assert.deepEqual([...scene.edges], [0, 1])
})

test('unfolded tasks stand inside their boxes, joined to those of other unfolded groups', () => {
  const groups = groupsOf('ab', [0, 1])
  const graph = noTaskGraph()
  unfold(graph, 10)
  unfold(graph, 11)
  applyToTaskGraph(graph, tasks(10, 100, 8))
  applyToTaskGraph(graph, tasks(11, 200, 1, [100, 200, 107, 200, 999, 200]))
  const scene = sceneOf(groups, graph.unfolded, WIDE)
  const [a, b] = scene.boxes
  const gap = CELL + 4
  assert.deepEqual(
    [...a.tasks!.x].map((x) => x - a.x - PADDING),
    [0, 0, 0, 0, gap, gap, gap, gap],
  )
  assert.deepEqual(
    [...a.tasks!.y].map((y) => y - a.y - HEAD_HEIGHT),
    [0, gap, 2 * gap, 3 * gap, 0, gap, 2 * gap, 3 * gap],
  )
  assert.equal(a.height, HEAD_HEIGHT + 4 * gap - 4 + PADDING)
  const into = [b.tasks!.x[0], b.tasks!.y[0] + CELL / 2]
  assert.deepEqual(
    [...scene.taskEdges],
    [
      a.tasks!.x[0] + CELL,
      a.tasks!.y[0] + CELL / 2,
      ...into,
      a.tasks!.x[7] + CELL,
      a.tasks!.y[7] + CELL / 2,
      ...into,
    ],
  )
})

test('a group whose tasks depend on each other is laid out in layers', () => {
  const graph = noTaskGraph()
  unfold(graph, 10)
  applyToTaskGraph(graph, tasks(10, 0, 3, [0, 2, 1, 2]))
  const [{ tasks: placed }] = sceneOf(groupsOf('a', [0, 0]), graph.unfolded, WIDE).boxes
  assert.ok(placed!.x[2] > placed!.x[0] + CELL)
  assert.equal(placed!.x[0], placed!.x[1])
})

test('pointing tells a group, its twist and its tasks apart', () => {
  const graph = noTaskGraph()
  unfold(graph, 11)
  applyToTaskGraph(graph, tasks(11, 0, 4))
  const scene = sceneOf(groupsOf('ab', [0, 1]), graph.unfolded, WIDE)
  const [a, b] = scene.boxes
  assert.deepEqual(hitAt(scene, a.x + 5, a.y + 30), { kind: 'group', box: 0 })
  assert.deepEqual(hitAt(scene, a.x + a.width - 5, a.y + 5), { kind: 'twist', box: 0 })
  assert.deepEqual(hitAt(scene, b.tasks!.x[3] + 3, b.tasks!.y[3] + 3), { kind: 'task', box: 1, task: 3 })
  assert.equal(hitAt(scene, a.x - 10, a.y), undefined)
})

test('arrow keys go to the nearest box straight ahead', () => {
  const scene = sceneOf(groupsOf('abcd', [0, 1, 0, 2, 1, 3, 2, 3]), new Map(), WIDE)
  assert.equal(boxTowards(scene, -1, 'ArrowRight'), 0)
  assert.deepEqual(
    ['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp'].map((key) => boxTowards(scene, 1, key)),
    [3, 0, 2, -1],
  )
  assert.equal(boxTowards(scene, 1, 'Tab'), -1)
})

test('the viewport fits, zooms around a point, and moves no more than it must', () => {
  const canvas = { width: 400, height: 200 }
  const fit = fittedViewport({ width: 720, height: 100 }, canvas)
  assert.deepEqual(fit, { scale: 0.5, x: 20, y: 75 })
  assert.deepEqual(fittedViewport({ width: 10, height: 10 }, canvas).scale, 1)
  const at = toScene(fit, 100, 100)
  const zoomed = zoomedViewport(fit, 2, 100, 100)
  assert.deepEqual(toScene(zoomed, 100, 100), at)
  const still = { scale: 1, x: 0, y: 0 }
  assert.deepEqual(broughtIntoView(still, { x: 50, y: 50, width: 20, height: 20 }, canvas), still)
  assert.deepEqual(broughtIntoView(still, { x: 390, y: -40, width: 20, height: 20 }, canvas), {
    scale: 1,
    x: -26,
    y: 56,
  })
})
