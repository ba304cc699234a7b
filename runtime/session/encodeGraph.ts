// A task graph of collections, written into one `graph` message.

import { NumberedArgs, ReferenceArgs, type TaskGraph } from '../graph/taskGraph.ts'
import { annotatedIdentity, withAnnotations } from './annotate.ts'
import type { GraphWriter } from './graphWriter.ts'

/**
 * Writes all tasks of `graph` into `writer`, which must be empty: a task keeps its index, so that references hold.
 * @throws {CannotTravelError} when a function or an argument cannot travel
 */
export function encodeGraph(graph: TaskGraph, writer: GraphWriter): void {
  if (writer.size !== 0) throw new RangeError('a graph is encoded into an empty message')
  // A block may take purity from what looks pure; what is known to be impure stays so.
  const { pure = true } = annotatedIdentity()
  const groups = graph.groups.map((group) =>
    writer.addGroup({ ...group, pure: group.pure && pure, options: withAnnotations(group.options) }),
  )
  for (let task = 0; task < graph.size; task++) {
    const group = groups[graph.group[task]]
    const args = graph.args[task]
    if (args instanceof NumberedArgs) writer.addNumbered(group, task - args.first)
    else if (args instanceof ReferenceArgs) writer.addReferences(group, args.head, args.tasks)
    else writer.addTask(group, args)
  }
  for (const [task, name] of graph.customKeys) writer.setCustomKey(task, name)
}
