// How long the client takes for an array of a million chunks: built, optimised, and written into the message that is sent.

import { array } from '../../../runtime/collections/index.ts'
import { Lifter } from '../../../runtime/functions/lifter.ts'
import { buildTogether } from '../../../runtime/graph/collection.ts'
import { TaskGraph } from '../../../runtime/graph/taskGraph.ts'
import { kernelNames } from '../../../runtime/kernels/all.ts'
import { encodeFrame } from '../../../runtime/protocol/frame.ts'
import { CLIENT_MESSAGES } from '../../../runtime/protocol/messages.ts'
import { encodeGraph } from '../../../runtime/session/encodeGraph.ts'
import type { FutureHolder } from '../../../runtime/session/future.ts'
import { FutureTable } from '../../../runtime/session/futureTable.ts'
import { GraphWriter } from '../../../runtime/session/graphWriter.ts'

/** Seconds for an array of `side × side` chunks, plus one, added up. */
export function graphSeconds(side: number): { build: number; encode: number; tasks: number } {
  const lifter = new Lifter({ root: process.cwd(), kernels: kernelNames } as ConstructorParameters<
    typeof Lifter
  >[0])
  const began = performance.now()
  const total = array
    .ones([side * 10, side * 10], { chunks: 10 })
    .add(1)
    .sum()
  const graph = new TaskGraph()
  buildTogether(graph, [total])
  const built = performance.now()
  const writer = new GraphWriter(0, {
    lifter,
    kernels: kernelNames,
    table: new FutureTable(),
    holder: {} as FutureHolder,
    warn: () => {},
  })
  encodeGraph(graph, writer)
  encodeFrame(CLIENT_MESSAGES, writer.finish())
  return { build: (built - began) / 1000, encode: (performance.now() - built) / 1000, tasks: graph.size }
}
