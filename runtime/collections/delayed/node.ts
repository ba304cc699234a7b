// The expression nodes of delayed values: each is one task, or stands for the whole of another collection.

import { inspect } from 'node:util'
import { type Collection, isCollection } from '../../graph/collection.ts'
import { heldAs } from '../../graph/heldCollection.ts'
import { announceNode, buildNode, type GraphNode } from '../../graph/node.ts'
import type { TaskGraph } from '../../graph/taskGraph.ts'
import type { UserFunction } from '../../kernels/bag/plan.ts'
import type { SourcePlace } from '../../protocol/failure.ts'
import type { TaskOptions } from '../../protocol/taskOptions.ts'
import { placeFields } from '../bag/node.ts'

/** By this a delayed value gives its node: any other property of it is delayed too. */
export const NODE: unique symbol = Symbol('heddle.delayed.node')

/** A function with its options: calls that share one become tasks of one group. */
export interface CallSpec {
  fn: UserFunction
  name: string
  kind: string
  pure: boolean
  options: TaskOptions
  place: SourcePlace | undefined
}

/** One value to come. Its one reference is the task's. */
export abstract class DelayedNode implements GraphNode, Collection {
  readonly collectionKind = 'delayed'
  abstract readonly label: string
  abstract inputs(): readonly GraphNode[]
  abstract build(graph: TaskGraph): readonly unknown[]

  needs(_graph: TaskGraph): readonly GraphNode[] {
    return this.inputs()
  }

  announce(graph: TaskGraph): void {
    announceNode(graph, this)
  }

  async prepare(): Promise<void> {
    await prepareInputs(this)
  }

  buildTasks(graph: TaskGraph): readonly unknown[] {
    return buildNode(graph, this)
  }

  buildValue(graph: TaskGraph): unknown {
    return buildNode(graph, this)[0]
  }

  assemble(results: readonly unknown[]): unknown {
    return results[0]
  }

  standingOn(references: readonly unknown[]): DelayedNode {
    return new HeldValueNode(references[0])
  }

  [heldAs](): unknown {
    return null
  }

  [inspect.custom](): string {
    // Whoever inspects a Proxy calls this with the Proxy, whose properties are all delayed.
    return `Delayed(${this[NODE].label})`
  }

  get [NODE](): DelayedNode {
    return this
  }
}

/** A call of a function. */
export class CallNode extends DelayedNode {
  readonly spec: CallSpec
  readonly args: readonly unknown[]
  readonly #inputs: readonly GraphNode[]

  constructor(spec: CallSpec, args: readonly unknown[]) {
    super()
    this.spec = spec
    this.args = args
    this.#inputs = inputsIn(args)
  }

  get label(): string {
    return this.spec.name
  }

  inputs(): readonly GraphNode[] {
    return this.#inputs
  }

  build(graph: TaskGraph): readonly unknown[] {
    const { spec } = this
    const [group] = graph.once(spec, () => [
      graph.addGroup({
        fn: spec.fn,
        name: spec.name,
        kind: spec.kind,
        pure: spec.pure,
        options: spec.options,
        ...placeFields(spec.place),
      }),
    ])
    const args = this.#inputs.length === 0 ? this.args : (resolve(graph, this.args) as unknown[])
    return [graph.addTask(group, args)]
  }
}

/** What another collection's tasks give, as one value: a reduction of a bag, or the whole of any collection. */
export class WholeCollectionNode extends DelayedNode {
  readonly collection: Collection
  readonly label: string

  constructor(collection: Collection) {
    super()
    if (!collection.buildValue)
      throw new TypeError(
        `a ${collection.collectionKind} cannot be an argument of a delayed call: compute it first`,
      )
    this.collection = collection
    this.label = collection.collectionKind
  }

  inputs(): readonly GraphNode[] {
    return []
  }

  override announce(graph: TaskGraph): void {
    this.collection.announce?.(graph)
  }

  override async prepare(): Promise<void> {
    await this.collection.prepare?.()
  }

  build(graph: TaskGraph): readonly unknown[] {
    return [this.collection.buildValue!(graph)]
  }
}

/** The one task of a node of another kind, e.g. of a bag's reduction, or one of its partitions. */
export class PartNode extends DelayedNode {
  readonly #node: GraphNode
  readonly #index: number
  readonly label: string

  constructor(node: GraphNode, label: string, index = 0) {
    super()
    this.#node = node
    this.#index = index
    this.label = label
  }

  inputs(): readonly GraphNode[] {
    return [this.#node]
  }

  build(graph: TaskGraph): readonly unknown[] {
    return [graph.built(this.#node)![this.#index]]
  }
}

/** A value that is held already. */
export class HeldValueNode extends DelayedNode {
  readonly label = 'persist'
  readonly #reference: unknown

  constructor(reference: unknown) {
    super()
    this.#reference = reference
  }

  inputs(): readonly GraphNode[] {
    return []
  }

  build(): readonly unknown[] {
    return [this.#reference]
  }
}

/** The node of a delayed value, or of a collection that stands for one; nothing for any other value. */
export function nodeOf(value: unknown): GraphNode | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
  const node = (value as { [NODE]?: DelayedNode })[NODE]
  if (node) return node
  return typeof value === 'object' && isCollection(value) ? wholeOf(value) : undefined
}

const wholes = new WeakMap<object, WholeCollectionNode>()

/** One node a collection, so that its whole is put together once however many calls get it. */
function wholeOf(collection: Collection): WholeCollectionNode {
  let node = wholes.get(collection)
  if (!node) {
    node = new WholeCollectionNode(collection)
    wholes.set(collection, node)
  }
  return node
}

const NO_NODES: readonly GraphNode[] = []

/** The nodes in plain lists and objects, maps and sets, at any depth. */
export function inputsIn(args: readonly unknown[]): readonly GraphNode[] {
  let found: Set<GraphNode> | undefined
  const stack: unknown[] = [...args]
  let seen: Set<object> | undefined
  for (let i = 0; i < stack.length; i++) {
    const value = stack[i]
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) continue
    const parts = partsOf(value)
    if (parts) {
      seen ??= new Set()
      if (seen.has(value)) continue
      seen.add(value)
      for (const part of parts)
        if ((typeof part === 'object' || typeof part === 'function') && part !== null) stack.push(part)
      continue
    }
    const node = nodeOf(value)
    if (!node) continue
    found ??= new Set()
    found.add(node)
  }
  return found ? [...found] : NO_NODES
}

/**
 * The same structure with every node's reference in its place; what holds none is not copied.
 * @throws {TypeError} when delayed values stand in data that holds itself: a copy of it would have no end
 */
function resolve(graph: TaskGraph, value: unknown, above: readonly object[] = []): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return value
  const parts = partsOf(value)
  if (!parts) {
    const node = nodeOf(value)
    return node ? graph.built(node)![0] : value
  }
  if (above.includes(value))
    throw new TypeError(
      'a delayed value stands in a list or object that holds itself, and cannot be replaced there: give it as an argument of its own',
    )
  const inside = [...above, value]
  let isCopied = false
  const resolved = parts.map((part) => {
    const made = resolve(graph, part, inside)
    isCopied ||= made !== part
    return made
  })
  return isCopied ? rebuilt(value, resolved) : value
}

/** What containers that are gone through hold: lists, plain objects, maps (keys and values in turn) and sets. */
function partsOf(value: object): readonly unknown[] | undefined {
  if (typeof value === 'function') return undefined
  if (Array.isArray(value)) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return Object.values(value)
  if (prototype === Map.prototype) return [...(value as Map<unknown, unknown>)].flat(1)
  return prototype === Set.prototype ? [...(value as Set<unknown>)] : undefined
}

/** A container of the same kind with other parts. */
function rebuilt(value: object, parts: readonly unknown[]): unknown {
  if (Array.isArray(value)) return parts
  if (value instanceof Set) return new Set(parts)
  if (value instanceof Map) {
    const pairs = Array.from({ length: value.size }, (_, i) => [parts[2 * i], parts[2 * i + 1]] as const)
    return new Map(pairs)
  }
  const names = Object.keys(value)
  return Object.assign(
    Object.create(Object.getPrototypeOf(value)),
    Object.fromEntries(names.map((name, i) => [name, parts[i]])),
  )
}

/** Prepares every collection below a node. */
export async function prepareInputs(root: GraphNode): Promise<void> {
  const seen = new Set<GraphNode>([root])
  const waiting: Promise<void>[] = []
  for (const node of seen) {
    if (node !== root && node instanceof WholeCollectionNode) waiting.push(node.prepare())
    if ('prepareSource' in node) waiting.push((node as { prepareSource(): Promise<void> }).prepareSource())
    for (const input of node.inputs()) seen.add(input)
  }
  await Promise.all(waiting)
}

/** Takes back what writes below a node left, once their computation failed. */
export async function abandonInputs(root: GraphNode): Promise<void> {
  const seen = new Set<GraphNode>([root])
  for (const node of seen) {
    if ('folder' in node) await (node as { folder?: { abandon(): Promise<void> } }).folder?.abandon()
    for (const input of node.inputs()) seen.add(input)
  }
}
