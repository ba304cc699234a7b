// Computes and persists collections: builds their tasks into one graph, so that what they share runs once.

import { buildTogether, type Collection } from '../graph/collection.ts'
import { TaskGraph, TaskRef } from '../graph/taskGraph.ts'
import type { Handle } from '../protocol/ids.ts'
import type { OpenSite } from './computeSites.ts'
import type { Core } from './core.ts'
import { encodeGraph } from './encodeGraph.ts'
import { UsageError } from './errors.ts'
import { Future, handleOf, holderOf } from './future.ts'

/** Collections whose tasks the scheduler knows. */
export interface Sent {
  /** The number of their graph. */
  graph: number
  tasks: number
  /** Handles that were made for this, one for each task that a collection ends in. */
  first: Handle
  count: number
  /** Per collection, per partition: its handle. */
  handles: Handle[][]
  /** Futures of collections that were persisted before: they must not be collected meanwhile. */
  futures: Future[]
}

/**
 * Sends the tasks of `collections`.
 * @throws {CannotTravelError} when something in them cannot travel
 */
export function sendCollections(core: Core, collections: readonly Collection[]): Sent {
  core.requireOpen()
  const graph = new TaskGraph()
  const references = buildTogether(graph, collections)
  const writer = core.newGraph()
  encodeGraph(graph, writer)
  const ends = new Map<number, Handle>()
  const futures: Future[] = []
  for (const reference of references.flat())
    if (reference instanceof TaskRef) ends.set(reference.index, 0)
    else if (reference instanceof Future) futures.push(ownFuture(core, reference))
    else throw new UsageError('a collection ends in something that is no task')
  // The label of a key is its group's name.
  const first = core.table.next
  for (const index of ends.keys()) {
    const handle = core.table.allocate(1, graph.groups[graph.group[index]].name)
    ends.set(index, handle)
    writer.want(index, handle)
    const custom = graph.customKeys.get(index)
    if (custom !== undefined) core.table.setCustomKey(handle, custom)
  }
  if (graph.size > 0) core.sendGraph(writer)
  const handles = references.map((list) =>
    list.map((reference) =>
      reference instanceof TaskRef ? ends.get(reference.index)! : handleOf(reference as Future),
    ),
  )
  return { graph: writer.serial, tasks: graph.size, first, count: ends.size, handles, futures }
}

/** Handles mean something to their own client alone. */
function ownFuture(core: Core, future: Future): Future {
  if (holderOf(future) === core) return future
  throw new UsageError(
    `a collection stands on ${future.key}, which another client of this program holds: compute it there, with that client's compute(…)`,
  )
}

/** The values of collections: waits for their tasks, and puts the results together. */
export async function computeCollections(
  core: Core,
  collections: readonly Collection[],
  site: OpenSite,
  sent: Sent,
  signal?: AbortSignal,
): Promise<unknown[]> {
  const stop = core.watchProgress(sent.graph, (progress) => site.progressed(progress))
  try {
    const results = await core.using(sent.futures, () => core.results.values(sent.handles.flat(), signal))
    let at = 0
    return collections.map((collection, i) => {
      const own = results.slice(at, at + sent.handles[i].length)
      at += own.length
      return collection.assemble(own)
    })
  } finally {
    stop()
    core.releaseRange(sent.first, sent.count)
  }
}

/** The same collections standing on futures, computed in the background. */
export function persistCollections(core: Core, collections: readonly Collection[], sent: Sent): Collection[] {
  const made = core.futures((batch, handle) => new Future(batch, handle), sent.first, sent.count)
  const byHandle = new Map(made.map((future) => [handleOf(future), future]))
  for (const future of sent.futures) byHandle.set(handleOf(future), future)
  return collections.map((collection, i) =>
    collection.standingOn(sent.handles[i].map((handle) => byHandle.get(handle)!)),
  )
}
