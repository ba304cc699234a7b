// From expression nodes to plans: what is fused into one task a block, and which blocks of others each task needs.

import type { GraphNode } from '../../graph/node.ts'
import { type TaskGraph, TaskRef } from '../../graph/taskGraph.ts'
import { type BlockProgram, blockKernel } from '../../kernels/array/blockTask.ts'
import { blockRegion, type Chunks, type Region } from '../../kernels/array/grid.ts'
import { argsOf, eachRead, type Plan, type PlanNode } from '../../kernels/array/plan.ts'
import { sizeOf } from '../../kernels/array/shape.ts'
import type { SourcePlace } from '../../protocol/failure.ts'
import { sameChunks } from './chunks.ts'
import { type ArrayNode, FusedNode, PiecesNode, type StepOptions } from './expression.ts'

/** A fused node that costs more than this and is needed in several places is computed once, as blocks of its own. */
const SHARED_COST_MAX = 3
const COSTLY = new Set([
  'exp',
  'log',
  'sin',
  'cos',
  'tan',
  'power',
  'arctan2',
  'hypot',
  'tanh',
  'sqrt',
  'arctan',
  'log1p',
  'expm1',
  'log2',
  'log10',
  'logaddexp',
  'arcsin',
  'arccos',
  'sinh',
  'cosh',
  'cbrt',
  'exp2',
  'floorDivide',
  'remainder',
])

const costs = new WeakMap<FusedNode, number>()
/** How many fused nodes stand on one another below each. */
const depths = new WeakMap<FusedNode, number>()
/** A chain of more functions than this is cut into several tasks a block: a plan is walked by recursion. */
const DEPTH_MAX = 128

/** About how long an element of a node takes, where adding takes 0.3. */
function costOf(node: ArrayNode): number {
  if (!(node instanceof FusedNode)) return 0.5
  const known = costs.get(node)
  if (known !== undefined) return known
  // Nodes may stand in long chains: their costs are told from below.
  const stack: FusedNode[] = [node]
  while (stack.length > 0) {
    const at = stack[stack.length - 1]
    const open = at.args.filter((arg): arg is FusedNode => arg instanceof FusedNode && !costs.has(arg))
    if (open.length > 0) {
      stack.push(...open)
      continue
    }
    depths.set(
      at,
      1 + Math.max(0, ...at.args.map((arg) => (arg instanceof FusedNode ? depths.get(arg)! : 0))),
    )
    costs.set(
      at,
      at.args.reduce((sum, arg) => sum + (arg instanceof FusedNode ? costs.get(arg)! : 0.5), ownCost(at)),
    )
    stack.pop()
  }
  return costs.get(node)!
}

function ownCost({ what, dtype }: FusedNode): number {
  if (what.op === 'draw') return what.distribution.name === 'uniform' ? 1 : 4
  if (what.op === 'map') return (COSTLY.has(what.name) ? 5 : 0.3) * (dtype.big ? 4 : 1)
  return what.op === 'concatenate' ? 1 : 0
}

/** Whether a node is tasks of its own where another node of this graph uses it. */
function isBoundary(graph: TaskGraph, node: ArrayNode): boolean {
  if (!(node instanceof FusedNode) || node instanceof PiecesNode) return true
  const cost = costOf(node)
  if (depths.get(node)! % DEPTH_MAX === 0) return true
  if (graph.wanted(node) < 2 || cost <= SHARED_COST_MAX) return false
  return !meetAgain(graph, node)
}

/** Whether all that use a node come together again element by element: it is then computed once in their loop. */
function meetAgain(graph: TaskGraph, node: ArrayNode): boolean {
  let common: Set<object> | undefined
  for (const consumer of new Set(graph.consumers(node))) {
    if (!consumer) return false
    const reached = new Set<object>()
    const queue: (object | undefined)[] = [consumer]
    while (queue.length > 0 && reached.size < 64) {
      const at = queue.pop()
      if (!at || reached.has(at) || !(at instanceof FusedNode)) continue
      if (at.what.op !== 'map' && at.what.op !== 'cast') continue
      reached.add(at)
      queue.push(...graph.consumers(at))
    }
    common = common ? common.intersection(reached) : reached
    if (common.size === 0) return false
  }
  return common !== undefined
}

/** A plan under way: nodes are numbered as they are met, inputs as they are first read. */
export interface Compiled {
  plan: Plan
  roots: number[]
  inputs: ArrayNode[]
}

/** One plan for several roots, which themselves are never inputs unless they are tasks of their own. */
export function compile(graph: TaskGraph, roots: readonly ArrayNode[]): Compiled {
  const nodes: PlanNode[] = []
  const uses: number[] = []
  const numbers = new Map<string | ArrayNode, number>()
  const inputs: ArrayNode[] = []
  const add = (node: PlanNode, key: string | undefined): number => {
    // Equal nodes are one: a common sub-expression is computed once.
    const known = key === undefined ? undefined : numbers.get(key)
    if (known !== undefined) return known
    const number = nodes.push(node) - 1
    uses.push(0)
    for (const arg of argsOf(node)) uses[arg]++
    if (key !== undefined) numbers.set(key, number)
    return number
  }
  const asInput = (node: ArrayNode): number => {
    const input = inputs.push(node) - 1
    return add({ op: 'input', input, dtype: node.dtype.name, chunks: node.chunks }, undefined)
  }
  const isRoot = new Set<ArrayNode>(roots)
  const numberOf = (root: ArrayNode): number => {
    const stack: ArrayNode[] = [root]
    while (stack.length > 0) {
      const node = stack[stack.length - 1]
      if (numbers.has(node)) {
        stack.pop()
        continue
      }
      if (!(node instanceof FusedNode) || (!isRoot.has(node) && isBoundary(graph, node))) {
        numbers.set(node, asInput(node))
        stack.pop()
        continue
      }
      const open = node.args.filter((arg) => !numbers.has(arg))
      if (open.length > 0) {
        for (let i = open.length - 1; i >= 0; i--) stack.push(open[i])
        continue
      }
      const args = node.args.map((arg) => numbers.get(arg)!)
      numbers.set(node, add(planNode(node, args), nodeKey(node, args)))
      stack.pop()
    }
    return numbers.get(root)!
  }
  const rootNumbers = roots.map(numberOf)
  for (const root of rootNumbers) uses[root]++
  return { plan: { nodes, uses }, roots: rootNumbers, inputs }
}

function planNode(node: FusedNode, args: readonly number[]): PlanNode {
  const { what } = node
  const dtype = node.dtype.name
  switch (what.op) {
    case 'map':
      return { op: 'map', name: what.name, dtype, args }
    case 'concatenate':
      return {
        op: 'concatenate',
        dtype,
        args,
        axis: what.axis,
        lengths: node.args.map((arg) => arg.shape[what.axis]),
      }
    case 'broadcast':
      return { op: 'broadcast', dtype, arg: args[0], from: node.args[0].shape, shape: node.shape }
    case 'cast':
      return { op: 'cast', dtype, arg: args[0] }
    case 'index':
      return { ...what, dtype, arg: args[0] }
    case 'transpose':
      return { ...what, dtype, arg: args[0] }
    case 'constant':
      return { ...what, dtype, rank: node.shape.length }
    case 'data':
    case 'place':
    case 'draw':
      return { ...what, dtype }
    default:
      return what satisfies never
  }
}

/** What makes two fused nodes the same; nothing for those that are not worth the look. */
function nodeKey(node: FusedNode, args: readonly number[]): string | undefined {
  const { what } = node
  const own = `${node.dtype.name}(${args.join()})`
  switch (what.op) {
    case 'map':
      return `${what.name}${own}`
    case 'cast':
      return `cast${own}`
    case 'transpose':
      return `T${what.axes.join()}${own}`
    case 'broadcast':
      return `B${node.shape.join()}${own}`
    case 'index':
      return `I${JSON.stringify(what.indices)}${own}`
    case 'draw':
      return `D${what.distribution.name}${what.distribution.start}:${what.distribution.gamma}:${what.base}:${what.steps.join()}`
    case 'constant':
      return typeof what.value === 'number' && !Object.is(what.value, -0)
        ? `K${what.value}:${node.shape.length}${own}`
        : undefined
    default:
      return undefined
  }
}

/** The nodes whose blocks the tasks of `roots` read. */
export function inputsOf(graph: TaskGraph, roots: readonly ArrayNode[]): readonly GraphNode[] {
  return compiledOf(graph, roots).inputs
}

const compiledByGraph = new WeakMap<TaskGraph, Map<ArrayNode, Compiled>>()

/** The plan of one node, or of several: made once for a graph. */
export function compiledOf(graph: TaskGraph, roots: readonly ArrayNode[]): Compiled {
  if (roots.length !== 1) return compile(graph, roots)
  let known = compiledByGraph.get(graph)
  if (!known) {
    known = new Map()
    compiledByGraph.set(graph, known)
  }
  let made = known.get(roots[0])
  if (!made) {
    made = compile(graph, roots)
    known.set(roots[0], made)
  }
  return made
}

/** Tells which references a task needs for its regions, in the order in which it takes them. */
export class Reads {
  readonly #compiled: Compiled
  readonly #references: (readonly unknown[])[]
  /** Whether each block needs just the blocks of the same number. */
  readonly #aligned: boolean

  constructor(graph: TaskGraph, compiled: Compiled, chunks?: Chunks) {
    this.#compiled = compiled
    this.#references = compiled.inputs.map((input) => graph.built(input)!)
    const { nodes } = compiled.plan
    this.#aligned =
      chunks !== undefined &&
      nodes.every((node) =>
        node.op === 'input'
          ? sameChunks(node.chunks, chunks)
          : node.op === 'map' || node.op === 'cast' || node.op === 'constant',
      )
  }

  /** Whether nothing is read: the tasks then know all from their numbers. */
  get isEmpty(): boolean {
    return this.#references.length === 0
  }

  /** The references for one block of a grid. */
  ofBlock(block: number, chunks: Chunks): unknown[] {
    if (this.#references.length === 0) return []
    if (this.#aligned) {
      // In the order in which the plan reads them, which is the order of numbering.
      return this.#references.map((references) => references[block])
    }
    return this.ofRegions([blockRegion(block, chunks)])
  }

  /** The references for one region of each root. */
  ofRegions(regions: readonly Region[]): unknown[] {
    const found: unknown[] = []
    const { plan, roots } = this.#compiled
    const seen = new Set<string>()
    regions.forEach((region, i) => {
      eachRead(plan, roots[i], region, (input, block) => found.push(this.#references[input][block]), seen)
    })
    return found
  }
}

/** Adds a task for each block of a fused node. */
export function buildBlocks(graph: TaskGraph, node: ArrayNode): readonly unknown[] {
  const compiled = compiledOf(graph, [node])
  const reads = new Reads(graph, compiled, node.chunks)
  const program: BlockProgram = { plan: compiled.plan, root: compiled.roots[0], chunks: node.chunks }
  const group = graph.addGroup({
    fn: blockKernel,
    bound: [program],
    ...groupFields(node, planName(node, compiled)),
  })
  const count = sizeOf(node.chunks.map((lengths) => lengths.length))
  if (reads.isEmpty) {
    const first = graph.addNumbered(group, count)
    return Array.from({ length: count }, (_, block) => new TaskRef(graph, first + block))
  }
  return Array.from({ length: count }, (_, block) =>
    graph.addTask(group, [block, ...reads.ofBlock(block, node.chunks)]),
  )
}

const NAME_MAX = 60

/** What people see of a fused task: the names of what it does, in order. */
export function planName(node: ArrayNode, compiled: Compiled): string {
  const names: string[] = []
  for (const each of compiled.plan.nodes) {
    const name =
      each.op === 'map' ? each.name : each.op === 'draw' ? `random.${each.distribution.name}` : undefined
    if (name && names.at(-1) !== name) names.push(name)
  }
  if (names.at(-1) !== node.label) names.push(node.label)
  const name = names.join('-')
  return name.length <= NAME_MAX ? name : `${names[0]}-…${names.length - 2}…-${names.at(-1)}`
}

/** What a task group of ours says of itself beside its function. */
export function groupFields(
  node: {
    label: string
    place?: SourcePlace | undefined
    options?: StepOptions
  },
  name: string,
): {
  name: string
  kind: string
  options: StepOptions
  pure?: boolean
  file?: string
  line?: number
  column?: number
} {
  const { pure, ...options } = node.options ?? {}
  return {
    name,
    kind: `array.${node.label}`,
    options,
    ...(pure === undefined ? {} : { pure }),
    ...(node.place && { file: node.place.file, line: node.place.line, column: node.place.column }),
  }
}
