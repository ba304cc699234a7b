// The layered layout: small graphs whole, and rules that hold for every graph.

import assert from 'node:assert/strict'
import test from 'node:test'
import { type LayoutRequest, layeredLayout } from '../../media/taskGraph/layeredLayout.ts'
import { seeded } from './kit/syntheticFeed.ts'

/** Boxes of 10 × 4, 5 between layers, 1 between neighbours. */
function request(nodes: number, edges: ArrayLike<number>, rowsMax?: number): LayoutRequest {
  return {
    nodes,
    edges,
    widths: new Array(nodes).fill(10),
    heights: new Array(nodes).fill(4),
    layerGap: 5,
    nodeGap: 1,
    ...(rowsMax === undefined ? {} : { rowsMax }),
  }
}

const plain = (layout: ReturnType<typeof layeredLayout>) => ({
  x: [...layout.x],
  y: [...layout.y],
  layer: [...layout.layer],
  width: layout.width,
  height: layout.height,
})

test('nothing has no size', () => {
  assert.deepEqual(plain(layeredLayout(request(0, []))), { x: [], y: [], layer: [], width: 0, height: 0 })
})

test('a chain runs straight to the right', () => {
  assert.deepEqual(plain(layeredLayout(request(3, [0, 1, 1, 2]))), {
    x: [0, 15, 30],
    y: [0, 0, 0],
    layer: [0, 1, 2],
    width: 40,
    height: 4,
  })
})

test('a diamond: both branches stand around what they share', () => {
  assert.deepEqual(plain(layeredLayout(request(4, [0, 1, 0, 2, 1, 3, 2, 3]))), {
    x: [0, 15, 15, 30],
    y: [2.5, 0, 5, 2.5],
    layer: [0, 1, 1, 2],
    width: 40,
    height: 9,
  })
})

test('dependents are sorted to where their dependencies stand', () => {
  // 0 → 3, 1 → 2: drawn in the order of numbers the edges would cross.
  const { y } = layeredLayout(request(4, [0, 3, 1, 2]))
  assert.ok(y[3] < y[2])
  assert.deepEqual([y[3], y[2]], [y[0], y[1]])
})

test('a wide layer folds into columns', () => {
  assert.deepEqual(plain(layeredLayout(request(5, [], 2))), {
    x: [0, 0, 11, 11, 22],
    y: [0, 5, 0, 5, 0],
    layer: [0, 0, 0, 0, 0],
    width: 32,
    height: 9,
  })
})

test('a cycle and an edge to itself place nothing and stop nothing', () => {
  assert.deepEqual([...layeredLayout(request(3, [0, 1, 1, 2, 2, 0, 1, 1])).layer], [0, 1, 2])
})

for (const seed of [1, 2, 3, 4, 5])
  test(`seed ${seed}: dependencies stand before dependents, no two nodes overlap, the same graph is the same picture`, () => {
    const random = seeded(seed)
    const nodes = 40 + Math.floor(random() * 200)
    const edges: number[] = []
    for (let node = 1; node < nodes; node++)
      for (let k = 0; k < 2; k++) if (random() < 0.7) edges.push(Math.floor(random() * node), node)
    for (const rowsMax of [undefined, 7]) {
      const layout = layeredLayout(request(nodes, edges, rowsMax))
      for (let i = 0; i < edges.length; i += 2)
        assert.ok(layout.x[edges[i]] + 10 <= layout.x[edges[i + 1]], `edge ${edges[i]} → ${edges[i + 1]}`)
      for (let a = 0; a < nodes; a++)
        for (let b = 0; b < a; b++)
          assert.ok(
            Math.abs(layout.x[a] - layout.x[b]) >= 10 - 1e-6 ||
              Math.abs(layout.y[a] - layout.y[b]) >= 4 - 1e-6,
            `nodes ${a} and ${b} overlap`,
          )
      assert.deepEqual(plain(layout), plain(layeredLayout(request(nodes, edges, rowsMax))))
    }
  })

test('sweeps keep crossings far below those of a random order', () => {
  const random = seeded(7)
  const [layers, width] = [6, 30]
  const edges: number[] = []
  // Each node has its nearest neighbour of the layer before, under shuffled numbers.
  const shuffles = Array.from({ length: layers }, () =>
    Array.from({ length: width }, (_, i) => i).sort(() => random() - 0.5),
  )
  for (let layer = 1; layer < layers; layer++)
    for (let i = 0; i < width; i++)
      edges.push((layer - 1) * width + shuffles[layer - 1][i], layer * width + shuffles[layer][i])
  const { y } = layeredLayout(request(layers * width, edges))
  const crossings = (place: (node: number) => number): number => {
    let sum = 0
    for (let a = 0; a < edges.length; a += 2)
      for (let b = 0; b < a; b += 2) {
        if (Math.floor(edges[a] / width) !== Math.floor(edges[b] / width)) continue
        if ((place(edges[a]) - place(edges[b])) * (place(edges[a + 1]) - place(edges[b + 1])) < 0) sum++
      }
    return sum
  }
  assert.equal(
    crossings((node) => y[node]),
    0,
  )
  assert.ok(crossings((node) => node) > 500)
})
