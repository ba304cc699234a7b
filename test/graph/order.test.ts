// The static order holds few values at a time, also for the graphs on which depth-first orders are known to fail.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { order } from '../../runtime/graph/order.ts'
import { readGraph } from '../scheduler/graphText.ts'
import { Random } from '../simulation/random.ts'

interface Graph {
  count: number
  offsets: Uint32Array
  dependencies: Int32Array
}

/** Builds a graph from lists of dependencies. */
function graphOf(lists: readonly (readonly number[])[]): Graph {
  const offsets = new Uint32Array(lists.length + 1)
  for (let i = 0; i < lists.length; i++) offsets[i + 1] = offsets[i] + lists[i].length
  return { count: lists.length, offsets, dependencies: Int32Array.from(lists.flat()) }
}

function fromText(text: string): { graph: Graph; keys: string[] } {
  const { keys, dependencies } = readGraph(text)
  return { graph: graphOf(dependencies.map((list) => list.map((key) => keys.indexOf(key)))), keys }
}

function ordered(text: string): string {
  const { graph, keys } = fromText(text)
  return [...order(graph.count, graph.offsets, graph.dependencies)].map((task) => keys[task]).join(' ')
}

/** Runs the order on one thread: the most values held at once, results apart. Fails if it is no order at all. */
function pressure(graph: Graph): number {
  const { count, offsets, dependencies } = graph
  const users = new Uint32Array(count)
  for (const dependency of dependencies) if (dependency >= 0) users[dependency]++
  const isResult = Uint8Array.from(users, (many) => (many === 0 ? 1 : 0))
  const done = new Uint8Array(count)
  let held = 0
  let most = 0
  let placed = 0
  for (const task of order(count, offsets, dependencies)) {
    assert.equal(done[task], 0, `task ${task} comes once`)
    for (let e = offsets[task]; e < offsets[task + 1]; e++)
      if (dependencies[e] >= 0) assert.equal(done[dependencies[e]], 1, 'dependencies come first')
    done[task] = 1
    placed++
    if (isResult[task] === 0) held++
    most = Math.max(most, held)
    for (let e = offsets[task]; e < offsets[task + 1]; e++)
      if (dependencies[e] >= 0 && --users[dependencies[e]] === 0) held--
  }
  assert.equal(placed, count, 'every task has its place')
  return most
}

/** Adds a tree reduction over `inputs` to `lists`; returns its root. */
function reduce(lists: number[][], inputs: readonly number[], width = 2): number {
  let level = [...inputs]
  while (level.length > 1) {
    const next: number[] = []
    for (let i = 0; i < level.length; i += width) next.push(lists.push(level.slice(i, i + width)) - 1)
    level = next
  }
  return level[0]
}

test('a value is used before the next one is made', () => {
  assert.equal(ordered('a1; a2; b1 <- a1; b2 <- a2'), 'a1 b1 a2 b2')
})

test('of two branches the one that needs more room comes first', () => {
  assert.equal(ordered('a; b1; b2; b3; c <- b1 b2 b3; d <- a c'), 'b1 b2 b3 c a d')
})

test('short results come before long ones', () => {
  assert.equal(ordered('a; b; c; long <- a b c; d; short <- d'), 'd short a b c long')
})

test('a task that lets go of a value runs at once, whichever result it is for', () => {
  assert.equal(ordered('a; b; x <- a b; y <- a b; z <- x'), 'a b y x z')
})

test('data that is there already does not count', () => {
  assert.deepEqual([...order(2, Uint32Array.of(0, 1, 3), Int32Array.of(-1, -2, 0))], [0, 1])
})

test('a chain of 200,000 tasks needs no deep stack and holds one value', () => {
  assert.ok(pressure(graphOf(Array.from({ length: 200_000 }, (_, i) => (i === 0 ? [] : [i - 1])))) <= 2)
})

test('a binary tree over 1,024 leaves holds a value a level', () => {
  const lists: number[][] = Array.from({ length: 1024 }, () => [])
  reduce(lists, [...lists.keys()])
  assert.ok(pressure(graphOf(lists)) <= 12)
})

test('a running sum over loaded pieces holds the sum and one piece', () => {
  const lists: number[][] = []
  let sum = -1
  for (let i = 0; i < 500; i++) {
    const piece = lists.push([]) - 1
    sum = sum < 0 ? piece : lists.push([sum, piece]) - 1
  }
  assert.ok(pressure(graphOf(lists)) <= 3)
})

test('a sum of many branches that share one small value, each with a load of its own', () => {
  // The shared value must not lead to all loads first.
  const lists: number[][] = [[]]
  const parts: number[] = []
  for (let i = 0; i < 256; i++) {
    const load = lists.push([]) - 1
    parts.push(lists.push([0, load]) - 1)
  }
  reduce(lists, parts)
  assert.ok(pressure(graphOf(lists)) <= 13)
})

test('anomalies: every piece minus the mean of its group, groups interleaved, then one total', () => {
  // The known worst case of depth-first orders: pieces of all groups are loaded before any group is finished.
  const groups = 12
  const each = 10
  const lists: number[][] = []
  const loads = Array.from({ length: groups * each }, () => lists.push([]) - 1)
  const means = Array.from(
    { length: groups },
    (_, group) => lists.push(loads.filter((_, i) => i % groups === group)) - 1,
  )
  const anomalies = loads.map((load, i) => lists.push([load, means[i % groups]]) - 1)
  const squares = anomalies.map((anomaly) => lists.push([anomaly]) - 1)
  lists.push(squares)
  // A group at a time, beside the squares that wait for the total.
  assert.ok(pressure(graphOf(lists)) <= groups * each + each + 3)
  const tree: number[][] = lists.slice(0, -1).map((list) => [...list])
  reduce(
    tree,
    Array.from({ length: groups }, (_, group) => squares.filter((_, i) => i % groups === group)).flat(),
    each,
  )
  assert.ok(
    pressure(graphOf(tree)) <= each + groups + 4,
    'with a total in steps a group is over before the next begins',
  )
})

test('rechunk and merge: each output piece stands on a few neighbouring inputs', () => {
  const lists: number[][] = Array.from({ length: 400 }, () => [])
  for (let i = 0; i + 3 < 400; i++) lists.push([i, i + 1, i + 2, i + 3])
  assert.ok(pressure(graphOf(lists)) <= 6)
})

test('a stencil of 60 × 60 holds about two rows', () => {
  const width = 60
  const lists: number[][] = []
  for (let step = 0; step < 60; step++)
    for (let x = 0; x < width; x++)
      lists.push(
        step === 0
          ? []
          : [x - 1, x, x + 1].filter((y) => y >= 0 && y < width).map((y) => (step - 1) * width + y),
      )
  assert.ok(pressure(graphOf(lists)) <= 2 * width + 4)
})

test('shuffle: all pieces are split before any part is joined, and no more is held than that', () => {
  const parts = 20
  const lists: number[][] = Array.from({ length: parts }, () => [])
  const pieces: number[][] = []
  for (let input = 0; input < parts; input++)
    pieces.push(Array.from({ length: parts }, () => lists.push([input]) - 1))
  for (let output = 0; output < parts; output++) lists.push(pieces.map((row) => row[output]))
  assert.ok(pressure(graphOf(lists)) <= parts * parts + 1)
})

test('two results of the same pieces: both are fed while a piece is there', () => {
  const lists: number[][] = []
  const sums: number[] = []
  const maxima: number[] = []
  for (let i = 0; i < 128; i++) {
    const load = lists.push([]) - 1
    sums.push(lists.push([load]) - 1)
    maxima.push(lists.push([load]) - 1)
  }
  reduce(lists, sums)
  reduce(lists, maxima)
  // Without the eager step the second result keeps all 128 loads, or loads them again.
  assert.ok(pressure(graphOf(lists)) <= 18)
})

test('random graphs: a valid order, never much worse than the order they came in', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = new Random(seed)
    const count = 2 + random.below(60)
    const lists = Array.from({ length: count }, (_, i) =>
      Array.from({ length: i === 0 ? 0 : random.below(4) }, () => random.below(i)),
    )
    assert.ok(pressure(graphOf(lists)) <= count, `seed ${seed}`)
  }
})
