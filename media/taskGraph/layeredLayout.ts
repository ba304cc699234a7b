// Lays a directed graph out in layers, left to right: dependencies before dependents, few crossings, in linear time.
//
// Four steps over typed arrays: layers by longest path, order inside layers by the mean place of neighbours (a counting
// sort, so a sweep costs O(nodes + edges)), then places along and across the layers.

import { type Neighbours, type PlaceRequest, type Places, placeLayers } from './placeLayers.ts'

export interface LayoutRequest extends PlaceRequest {
  nodes: number
  /** Pairs of nodes, from dependency to dependent. Pairs that close a cycle, or lead to themselves, place nothing. */
  edges: ArrayLike<number>
}

export interface Layout extends Places {
  layer: Uint32Array
}

/**
 * @returns places in the units of `widths` and `heights`; the same request gives the same places
 * @example layeredLayout({ nodes: 2, edges: [0, 1], widths: [10, 10], heights: [4, 4], layerGap: 5, nodeGap: 1 })
 *   // x: [0, 15], y: [0, 0], layer: [0, 1], width: 25, height: 4
 */
export function layeredLayout(request: LayoutRequest): Layout {
  const { nodes, edges } = request
  const before = neighbours(nodes, edges, 1)
  const after = neighbours(nodes, edges, 0)
  const layer = longestPaths(nodes, before, after)
  const { members, start } = byLayer(layer)
  // Small graphs are read closely and cost nothing: they get more sweeps.
  const sweeps = nodes <= 2000 ? 8 : 2
  orderInLayers(members, start, before, after, sweeps)
  return { ...placeLayers(request, { layer, members, start, before }), layer }
}

/** Collects, for each node, the nodes at the other end of its edges; `side` says which end of a pair is the node. */
function neighbours(nodes: number, edges: ArrayLike<number>, side: 0 | 1): Neighbours {
  const from = new Uint32Array(nodes + 1)
  for (let i = 0; i + 1 < edges.length; i += 2) if (edges[i] !== edges[i + 1]) from[edges[i + side] + 1]++
  for (let node = 0; node < nodes; node++) from[node + 1] += from[node]
  const next = from.slice(0, nodes)
  const to = new Uint32Array(from[nodes])
  for (let i = 0; i + 1 < edges.length; i += 2)
    if (edges[i] !== edges[i + 1]) to[next[edges[i + side]]++] = edges[i + 1 - side]
  return { from, to }
}

/** A node's layer is one more than its latest dependency's. Where a cycle blocks all, its first node goes ahead. */
function longestPaths(nodes: number, before: Neighbours, after: Neighbours): Uint32Array {
  const layer = new Uint32Array(nodes)
  const missing = new Int32Array(nodes)
  const queue = new Uint32Array(nodes)
  const queued = new Uint8Array(nodes)
  let tail = 0
  for (let node = 0; node < nodes; node++) {
    missing[node] = before.from[node + 1] - before.from[node]
    if (missing[node] === 0) {
      queue[tail++] = node
      queued[node] = 1
    }
  }
  let blocked = 0
  for (let head = 0; head < nodes; head++) {
    if (head === tail) {
      while (queued[blocked]) blocked++
      queue[tail++] = blocked
      queued[blocked] = 1
    }
    const node = queue[head]
    for (let i = after.from[node]; i < after.from[node + 1]; i++) {
      const dependent = after.to[i]
      if (queued[dependent]) continue
      if (layer[dependent] <= layer[node]) layer[dependent] = layer[node] + 1
      if (--missing[dependent] === 0) {
        queue[tail++] = dependent
        queued[dependent] = 1
      }
    }
  }
  return layer
}

/** Nodes sorted by layer, those of layer l being `members[start[l] … start[l + 1]]`. */
function byLayer(layer: Uint32Array): { members: Uint32Array; start: Uint32Array } {
  let layers = 0
  for (const l of layer) if (l >= layers) layers = l + 1
  const start = new Uint32Array(layers + 1)
  for (const l of layer) start[l + 1]++
  for (let l = 0; l < layers; l++) start[l + 1] += start[l]
  const next = start.slice(0, layers)
  const members = new Uint32Array(layer.length)
  for (let node = 0; node < layer.length; node++) members[next[layer[node]]++] = node
  return { members, start }
}

/** Sorts each layer's members by where their neighbours stand in their own layers (0 to 1), forth and back. */
function orderInLayers(
  members: Uint32Array,
  start: Uint32Array,
  before: Neighbours,
  after: Neighbours,
  sweeps: number,
): void {
  const layers = start.length - 1
  const share = new Float64Array(members.length)
  const restate = (l: number): void => {
    const size = start[l + 1] - start[l]
    for (let i = start[l]; i < start[l + 1]; i++) share[members[i]] = (i - start[l] + 0.5) / size
  }
  for (let l = 0; l < layers; l++) restate(l)
  const bucketOf = new Uint32Array(members.length)
  const sorted = new Uint32Array(members.length)
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const forth = sweep % 2 === 0
    for (let step = 1; step < layers; step++) {
      const l = forth ? step : layers - 1 - step
      const [first, end] = [start[l], start[l + 1]]
      if (end - first < 2) continue
      sortByNeighbours(members.subarray(first, end), forth ? before : after, share, bucketOf, sorted)
      restate(l)
    }
  }
}

/** A stable counting sort by the mean share of neighbours; nodes without any keep their own. */
function sortByNeighbours(
  nodes: Uint32Array,
  { from, to }: Neighbours,
  share: Float64Array,
  bucketOf: Uint32Array,
  sorted: Uint32Array,
): void {
  // Four buckets a node tell all but nearly equal means apart; equal ones keep their order.
  const buckets = nodes.length * 4
  const starts = new Uint32Array(buckets + 1)
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i]
    let sum = 0
    for (let k = from[node]; k < from[node + 1]; k++) sum += share[to[k]]
    const degree = from[node + 1] - from[node]
    const mean = degree === 0 ? share[node] : sum / degree
    const bucket = Math.min(buckets - 1, Math.floor(mean * buckets))
    bucketOf[i] = bucket
    starts[bucket + 1]++
  }
  for (let bucket = 0; bucket < buckets; bucket++) starts[bucket + 1] += starts[bucket]
  for (let i = 0; i < nodes.length; i++) sorted[starts[bucketOf[i]]++] = nodes[i]
  nodes.set(sorted.subarray(0, nodes.length))
}
