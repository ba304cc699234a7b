// Expression nodes of collections, and how a graph is built from them without recursion: chains may be 100k nodes long.

import type { TaskGraph } from './taskGraph.ts'

/** A part of a lazy expression that adds tasks of its own. */
export interface GraphNode {
  /** The nodes that it stands on, fused ones included. */
  inputs(): Iterable<GraphNode>
  /** The nodes that must be built before this one; fewer than `inputs` where some are fused into it. */
  needs(graph: TaskGraph): readonly GraphNode[]
  /** Adds the tasks. All of `needs` are in the graph by now: `graph.built` has their references. */
  build(graph: TaskGraph): readonly unknown[]
}

/** Counts for every node below `root` how many others need it, so that nodes know what is shared. */
export function announceNode(graph: TaskGraph, root: GraphNode): void {
  if (graph.want(root) > 1) return
  const stack: GraphNode[] = [root]
  for (let node = stack.pop(); node; node = stack.pop())
    for (const input of node.inputs()) if (graph.want(input, node) === 1) stack.push(input)
}

/** The references of a node's tasks; builds first what is not in the graph yet. */
export function buildNode(graph: TaskGraph, root: GraphNode): readonly unknown[] {
  if (graph.wanted(root) === 0) announceNode(graph, root)
  const stack: GraphNode[] = [root]
  while (stack.length > 0) {
    const node = stack[stack.length - 1]
    if (graph.built(node)) {
      stack.pop()
      continue
    }
    const before = stack.length
    const needs = node.needs(graph)
    for (let i = needs.length - 1; i >= 0; i--) if (!graph.built(needs[i])) stack.push(needs[i])
    if (stack.length > before) continue
    graph.once(node, () => node.build(graph))
    stack.pop()
  }
  return graph.built(root) as readonly unknown[]
}
