// What will run, told to people: tasks by kind, what is fused into them, and the source of their loops.

import type { Collection } from '../../graph/collection.ts'
import { buildTogether } from '../../graph/collection.ts'
import { TaskGraph } from '../../graph/taskGraph.ts'
import type { BlockProgram, CallProgram, PartialProgram } from '../../kernels/array/blockTask.ts'
import { dtypeOf } from '../../kernels/array/dtype.ts'
import { fullOf } from '../../kernels/array/fromValue.ts'
import { cast as castTo, type Fused, mapped } from '../../kernels/array/fused.ts'
import { partsOf, sourceOf } from '../../kernels/array/loop.ts'
import type { NdArray } from '../../kernels/array/ndArray.ts'
import type { Plan } from '../../kernels/array/plan.ts'

/** The tasks of a collection as text. */
export function explained(collection: Collection): string {
  const graph = new TaskGraph()
  buildTogether(graph, [collection])
  const counts = new Array<number>(graph.groups.length).fill(0)
  for (const group of graph.group) counts[group]++
  const parts = graph.groups.map((group, number) => {
    const head = `${counts[number]} × ${group.name}`
    const program = group.bound[0] as Partial<BlockProgram & PartialProgram & CallProgram> | undefined
    if (typeof program !== 'object' || !program?.plan) return head
    const roots = program.roots ?? [program.root!]
    const ends = program.reduction
      ? ` → ${program.reduction}${program.axes!.length > 0 ? ` over axes ${program.axes!.join(', ')}` : ''}`
      : ''
    const texts = roots.map((root) => `  ${expressionText(program.plan!, root)}${ends}`)
    const sources = roots.map((root) => loopText(program.plan!, root)).filter((text) => text !== undefined)
    return [head, ...texts, ...sources].join('\n')
  })
  const total = `${graph.size} ${graph.size === 1 ? 'task' : 'tasks'}`
  return [total, ...parts].join('\n\n')
}

/** A plan's expression as a person would write it. */
export function expressionText(plan: Plan, root: number, depth = 0): string {
  const node = plan.nodes[root]
  if (depth > 40) return '…'
  const text = (arg: number): string => expressionText(plan, arg, depth + 1)
  switch (node.op) {
    case 'input':
      return `blocks${node.input}`
    case 'data':
      return node.array.size === 1 ? String(node.array) : `data(${node.array.shape.join('×')})`
    case 'constant':
      return typeof node.value === 'object' ? `${node.value.re}+${node.value.im}j` : String(node.value)
    case 'place':
      return `place(${node.base}; ${node.steps.join(', ')})`
    case 'draw':
      return `random.${node.distribution.name}`
    case 'map':
      return `${node.name}(${node.args.map(text).join(', ')})`
    case 'cast':
      return `${node.dtype}(${text(node.arg)})`
    case 'transpose':
      return `${text(node.arg)}.transpose(${node.axes.join(', ')})`
    case 'broadcast':
      return text(node.arg)
    case 'concatenate':
      return `concatenate(${node.args.length > 4 ? `${node.args.length} arrays` : node.args.map(text).join(', ')}; axis ${node.axis})`
    case 'index':
      return `${text(node.arg)}[${node.indices
        .map((index) =>
          index.kind === 'run'
            ? `${index.start}:+${index.count}${index.step === 1 ? '' : `:${index.step}`}`
            : index.kind === 'place'
              ? String(index.place)
              : 'new',
        )
        .join(', ')}]`
    default:
      return node satisfies never
  }
}

/** The source of the loop that a plan's expression becomes for a block without special strides. */
function loopText(plan: Plan, root: number): string | undefined {
  const made = new Map<number, Fused>()
  const fused = (at: number): Fused => {
    const known = made.get(at)
    if (known) return known
    const node = plan.nodes[at]
    const dtype = dtypeOf(node.dtype)
    let own: Fused
    if (node.op === 'map') own = mapped(node.name, node.args.map(fused))
    else if (node.op === 'cast') own = castTo(fused(node.arg), dtype)
    else if (node.op === 'constant') own = { kind: 'constant', dtype, value: node.value }
    else if (node.op === 'draw')
      own = { kind: 'draw', dtype, distribution: node.distribution, base: 0, steps: [1] }
    else if (node.op === 'place') own = { kind: 'place', dtype, base: 0, steps: [1] }
    else if (node.op === 'transpose' || node.op === 'index' || node.op === 'broadcast')
      own = { ...fused(node.arg) }
    else own = { kind: 'leaf', dtype, array: fullOf([1], false, dtype) as NdArray }
    made.set(at, own)
    return own
  }
  const parts = partsOf(fused(root))
  if (parts.order.length < 2) return undefined
  const forms = [...parts.operands, null].map(() => '1')
  return sourceOf(parts, parts.root.dtype, forms)
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')
}
