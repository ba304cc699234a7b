// One reading for all: where several collections read the same source, each of its partitions is read by one task,
// which feeds what it reads to all of them at once. Nothing is kept in between.

import type { TaskGraph } from '../../graph/taskGraph.ts'
import { pick, pickParts } from '../../kernels/bag/partition.ts'
import { resultParts, type Sink, type SourceSpec } from '../../kernels/bag/plan.ts'
import { type Branch, teePartition } from '../../kernels/bag/tee.ts'
import {
  type BagNode,
  groupName,
  Pipeline,
  placeFields,
  type SourceNode,
  type StepNode,
  type StepOptions,
} from './node.ts'

/** Nodes with a sink that needs nothing but the items; see `OnBag.sink`. */
interface WithSink extends BagNode {
  input: BagNode
  sink: Sink | undefined
  request: { options?: StepOptions }
}

/** What reads along: the steps on the way, and what becomes of the items at the end. */
interface Reader {
  end: BagNode
  pipeline: Pipeline
  sink: Sink
  options: StepOptions
}

/** Sources whose items each reader can be given afresh, so that nobody sees what another does to them. */
const CAN_SHARE: ReadonlySet<SourceSpec['source']> = new Set(['text', 'csv', 'parquet', 'range'])

const MIN_READERS = 2

/**
 * The references that `end` gets when it reads `source` along with others, a partition each; nothing when it must read
 * alone: since it is the only one, or since it needs more than the items.
 */
export function shareSource(
  graph: TaskGraph,
  source: SourceNode | undefined,
  end: BagNode,
): readonly unknown[] | undefined {
  if (!source || !CAN_SHARE.has(source.spec.source)) return undefined
  // Whole columns are few and large: making them again would cost as much as reading them.
  if (source.spec.source === 'parquet' && source.spec.shape === 'columns') return undefined
  if (graph.consumers(source).length < MIN_READERS) return undefined
  const shared = graph.once(keyOf(source), () => {
    const readers = readersOf(graph, source)
    return readers ? [addReaders(graph, source, readers)] : []
  })
  return shared[0]?.get(end)
}

const keys = new WeakMap<SourceNode, object>()

/** What stands for the shared reading of a source in a graph. */
function keyOf(source: SourceNode): object {
  let key = keys.get(source)
  if (!key) {
    key = {}
    keys.set(source, key)
  }
  return key
}

function readersOf(graph: TaskGraph, source: SourceNode): Reader[] | undefined {
  const readers: Reader[] = []
  for (const consumer of graph.consumers(source)) {
    const reader = consumer && readerFrom(graph, consumer as BagNode)
    if (reader) readers.push(reader)
  }
  const options = JSON.stringify(readers[0]?.options)
  const alike = readers.filter((reader) => JSON.stringify(reader.options) === options)
  return alike.length < MIN_READERS ? undefined : alike
}

/** Follows steps upwards to where they end: at a node with a sink, or at a step whose items are wanted as they are. */
function readerFrom(graph: TaskGraph, consumer: BagNode): Reader | undefined {
  let node = consumer
  while (isStep(node)) {
    // A step that needs another node's results might need those of a reader: it cannot read along.
    if (node.extras.some((extra) => extra.extra !== 'number')) return undefined
    const next = graph.consumers(node)
    if (next.length !== 1 || next[0] === undefined) {
      const pipeline = new Pipeline(graph, node, node)
      return { end: node, pipeline, sink: { sink: 'list' }, options: pipeline.options() }
    }
    node = next[0] as BagNode
  }
  const { sink, input, request } = node as WithSink
  if (!sink) return undefined
  const pipeline = new Pipeline(graph, input, node)
  return { end: node, pipeline, sink, options: pipeline.options(request.options) }
}

const isStep = (node: BagNode): node is StepNode => 'extras' in node && 'op' in node

function addReaders(
  graph: TaskGraph,
  source: SourceNode,
  readers: readonly Reader[],
): Map<BagNode, readonly unknown[]> {
  let numbers = 0
  const branches = readers.map(({ pipeline, sink }): Branch => {
    const ops = pipeline.steps.map((step) => step.op(step.extras.map(() => 1 + numbers++)))
    return { ops, sink }
  })
  const { pure, ...options } = readers[0].options
  const request = {
    kind: 'bag.shared',
    options,
    ...(pure === undefined ? {} : { pure }),
    ...placeFields(source.place),
  }
  const reading = graph.addGroup({
    ...request,
    fn: teePartition,
    bound: [source.spec, branches],
    name: groupName([source.label, readers.map(({ end }) => end.label).join('+')]),
  })
  const wholes = Array.from({ length: source.partitions }, (_, i) =>
    graph.addTask(reading, [source.argument(i, graph), ...new Array<number>(numbers).fill(i)]),
  )
  const name = groupName([source.label, 'pick'])
  const picking = graph.addGroup({ ...request, fn: pick, name })
  return new Map(
    readers.map(({ end, sink }, branch) => {
      const parts = resultParts(sink)
      const own = parts === undefined ? picking : graph.addGroup({ ...request, fn: pickParts, name, parts })
      return [end, wholes.map((whole) => graph.addTask(own, [branch, whole]))]
    }),
  )
}
