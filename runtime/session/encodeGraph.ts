// A task graph of collections, written into one `graph` message.

import { ReferenceArgs } from '../graph/referenceArgs.ts'
import { NumberedArgs, type TaskGraph } from '../graph/taskGraph.ts'
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
    const args = graph.args[task]
    if (args instanceof ReferenceArgs) {
      // All tasks of a run lie in columns of its own.
      for (; task < args.end; task++) writer.addReferences(groups[graph.group[task]], args, task)
      task--
      continue
    }
    const group = groups[graph.group[task]]
    if (args instanceof NumberedArgs) writer.addNumbered(group, task - args.first)
    else writer.addTask(group, args)
  }
  for (const [task, name] of graph.customKeys) writer.setCustomKey(task, name)
}
