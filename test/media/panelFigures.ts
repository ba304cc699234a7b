// What panels cost: laying out a large graph, taking in a second of feed, painting the stream. For the benches.

import { applyToCluster, noCluster } from '../../media/cluster/cluster.ts'
import { layeredLayout } from '../../media/taskGraph/layeredLayout.ts'
import { pictureOf } from '../../media/taskStream/picture.ts'
import { paint, rasterOf } from '../../media/taskStream/raster.ts'
import { applyToTaskStream, noTaskStream } from '../../media/taskStream/reducer.ts'
import { rowsOf } from '../../media/taskStream/rows.ts'
import { FEED_MESSAGES } from '../../runtime/protocol/feed.ts'
import { decodeFrame, encodeFrame } from '../../runtime/protocol/frame.ts'
import { SyntheticFeed, seeded } from './kit/syntheticFeed.ts'

const bench = 'panels'
const LAYOUTS = 9
const SECONDS = 20
const PICTURES = 15

export function figures(): { bench: string; figure: string; unit: string; value: number }[] {
  const { perDelta, bytes, perPicture } = streamCosts()
  return [
    { bench, figure: 'layout of a tree, 100k nodes', unit: 'ms', value: layoutMs(treeEdges(100_000)) },
    {
      bench,
      figure: 'layout of a random graph, 100k nodes, 198k edges',
      unit: 'ms',
      value: layoutMs(layeredEdges(100, 1000)),
    },
    { bench, figure: 'one delta at 20k tasks/s, decoded and taken in', unit: 'ms', value: perDelta },
    { bench, figure: 'one delta at 20k tasks/s, on the wire', unit: 'KiB', value: bytes / 1024 },
    { bench, figure: 'one picture of 10 s at 20k tasks/s', unit: 'ms', value: perPicture },
  ]
}

/** The median of several, so the first, which the compiler has not seen yet, does not count. */
function layoutMs({ nodes, edges }: { nodes: number; edges: Uint32Array }): number {
  const size = new Float32Array(nodes).fill(12)
  const request = { nodes, edges, widths: size, heights: size, layerGap: 28, nodeGap: 4 }
  return median(Array.from({ length: LAYOUTS }, () => timed(() => layeredLayout(request))))
}

/** Leaves, their partners, and a tree of eights over them. */
function treeEdges(nodes: number): { nodes: number; edges: Uint32Array } {
  const leaves = Math.floor(nodes * 0.46)
  const edges: number[] = []
  for (let i = 0; i < leaves; i++) edges.push(i, leaves + i)
  let [first, count, next] = [leaves, leaves, 2 * leaves]
  while (count > 1) {
    for (let i = 0; i < count; i++) edges.push(first + i, next + Math.floor(i / 8))
    first = next
    count = Math.ceil(count / 8)
    next += count
  }
  for (let node = next; node < nodes; node++) edges.push(node % leaves, node)
  return { nodes: Math.max(nodes, next), edges: Uint32Array.from(edges) }
}

function layeredEdges(layers: number, width: number): { nodes: number; edges: Uint32Array } {
  const random = seeded(1)
  const edges: number[] = []
  for (let layer = 1; layer < layers; layer++)
    for (let i = 0; i < width; i++)
      for (let k = 0; k < 2; k++)
        edges.push((layer - 1) * width + Math.floor(random() * width), layer * width + i)
  return { nodes: layers * width, edges: Uint32Array.from(edges) }
}

function streamCosts(): { perDelta: number; bytes: number; perPicture: number } {
  const endless = [
    { name: 'load', tasks: 1e7, after: [] },
    { name: 'parse', tasks: 1e7, after: [0] },
    { name: 'sum', tasks: 1e7, after: [1] },
  ]
  const feed = new SyntheticFeed({ tasksPerSecond: 20_000, sampleMax: 2000, program: endless })
  const cluster = noCluster()
  const stream = noTaskStream()
  for (const message of [feed.snapshot()]) {
    applyToCluster(cluster, message)
    applyToTaskStream(stream, message, cluster)
  }
  const deltas = Array.from({ length: SECONDS * 10 }, () =>
    feed.advance(100).map((message) => encodeFrame(FEED_MESSAGES, message)),
  )
  const costs = deltas.map((frames) =>
    timed(() => {
      for (const frame of frames) {
        const message = decodeFrame(FEED_MESSAGES, frame)
        applyToCluster(cluster, message)
        applyToTaskStream(stream, message, cluster)
      }
    }),
  )
  const { runs } = stream
  const rows = rowsOf(stream.seen, 500)
  const window = {
    fromMs: runs.lastMs - 10_000,
    toMs: runs.lastMs,
    width: 1000,
    colourOf: (g: number) => g & 7,
  }
  const raster = rasterOf(1000, rows.height)
  const pictures = Array.from({ length: PICTURES }, () =>
    timed(() =>
      paint(rasterOf(1000, rows.height, raster), pictureOf(runs, rows, window), rows, 1, (c) => c + 1),
    ),
  )
  const bytes = median(deltas.map((frames) => frames.reduce((sum, frame) => sum + frame.length, 0)))
  return { perDelta: median(costs), bytes, perPicture: median(pictures) }
}

function timed(work: () => unknown): number {
  const begun = performance.now()
  work()
  return performance.now() - begun
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]
