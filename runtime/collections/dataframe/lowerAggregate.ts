// Aggregates in two steps: each partition makes small states, states are merged, and the answer is worked out from them.

import { isDuration, isList, isStruct } from '../../kernels/table/dataType.ts'
import { argsOf, type ExprNode, nameOf, replaced, some } from '../../kernels/table/expression.ts'
import { type FunctionName, ruleOf } from '../../kernels/table/functionCatalogue.ts'
import { bytesOf, chosenTargets } from '../../kernels/table/partition.ts'
import { resolve } from '../../kernels/table/resolve.ts'
import type { Schema } from '../../kernels/table/schema.ts'
import type { SketchColumn } from '../../kernels/table/sketch/groupSketches.ts'
import type { SourcePlace } from '../../protocol/failure.ts'
import { isElementwise } from './optimise.ts'
import type { Building, Pipe } from './pipe.ts'

/** How an aggregate is made of parts: columns of states, how they merge, and the value in the end. */
interface Parts {
  partial: ExprNode[]
  merge: ExprNode[]
  finish: ExprNode
  sketch?: SketchColumn
}

export interface TwoSteps {
  partial: readonly ExprNode[]
  merge: readonly ExprNode[]
  /** Columns of states that are sketches: made smaller after each step, and answered before the last. */
  sketches: readonly SketchColumn[]
  /** The states once sketches are answered. */
  answered: Schema
  /** Keys and answers, from the merged states. */
  finish: readonly ExprNode[]
  /** Of the states, keys included. */
  states: Schema
}

const call = (fn: FunctionName, args: readonly ExprNode[], options = {}): ExprNode => ({
  kind: 'call',
  fn,
  args,
  options,
})
const column = (name: string): ExprNode => ({ kind: 'column', name })
const number = (value: number): ExprNode => ({ kind: 'literal', value })
const cast = (node: ExprNode, to: 'float64' | 'uint32'): ExprNode => ({
  kind: 'cast',
  args: [node],
  to,
  strict: true,
})
const named = (node: ExprNode, name: string): ExprNode => ({ kind: 'alias', args: [node], name })

/**
 * The two steps of aggregates; nothing where one of them needs all rows of a group at once.
 * @param keys resolved names of the group's columns
 */
export function twoSteps(
  keys: readonly ExprNode[],
  aggs: readonly ExprNode[],
  schema: Schema,
): TwoSteps | undefined {
  const found = new Map<string, Parts>()
  const lists = new Map<string, string>()
  const stated = new Set<string>()
  // Several quantiles of one column have the same list of its values.
  const listOf = (input: ExprNode): string => {
    const text = textOf(input)
    const name = lists.get(text) ?? `\u0000l${lists.size}`
    lists.set(text, name)
    return name
  }
  const partial: ExprNode[] = []
  const merge: ExprNode[] = []
  const finish: ExprNode[] = []
  const sketches: SketchColumn[] = []
  for (const agg of aggs) {
    let whole = true
    const answer = replaced(agg, (part) => {
      if (part.kind !== 'call' || ruleOf(part.fn).kind !== 'aggregate') return undefined
      const id = textOf(part)
      let parts = found.get(id)
      if (!parts) {
        parts = partsOf(part, `\u0000${found.size}`, schema, listOf)
        if (!parts) {
          whole = false
          return part
        }
        found.set(id, parts)
        parts.partial.forEach((state, i) => {
          if (stated.has(nameOf(state))) return
          stated.add(nameOf(state))
          partial.push(state)
          merge.push(parts!.merge[i])
        })
        if (parts.sketch) sketches.push(parts.sketch)
      }
      return parts.finish
    })
    if (
      !whole ||
      some(
        answer,
        (part) => part.kind === 'over' || (part.kind === 'call' && ruleOf(part.fn).kind !== 'element'),
      )
    )
      return undefined
    // Columns of the rows themselves would make lists of a group.
    if (some(answer, (part) => part.kind === 'column' && !part.name.startsWith('\u0000'))) return undefined
    finish.push(named(answer, nameOf(agg)))
  }
  const partials = partial.map((expr) => resolve(expr, schema))
  const keyFields = keys.map((key) => ({ name: nameOf(key), type: resolve(key, schema).type }))
  const states: Schema = [...keyFields, ...partials.map((expr) => ({ name: nameOf(expr), type: expr.type }))]
  const asBefore = merge.map((expr, i): ExprNode => {
    const merged = resolve(expr, states)
    const { type } = partials[i]
    return resolve(named({ kind: 'cast', args: [merged], to: type, strict: true }, nameOf(expr)), states)
  })
  const end = [...keyFields.map(({ name }) => column(name)), ...finish]
  const answered = states.map((field): Schema[number] => {
    const sketch = sketches.find(({ name }) => name === field.name)?.sketch
    return sketch ? { ...field, type: sketch === 'distinct' ? 'uint32' : 'float64' } : field
  })
  const finished = end.map((expr) => resolve(expr, answered))
  return { partial: partials, merge: asBefore, finish: finished, states, sketches, answered }
}

/** The same for the same expression. */
const textOf = (node: ExprNode): string =>
  JSON.stringify(node, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value))

/**
 * @param id begins the names of its states
 * @param listOf the name of the state that has all values of an expression
 */
function partsOf(
  node: Extract<ExprNode, { kind: 'call' }>,
  id: string,
  schema: Schema,
  listOf: (input: ExprNode) => string,
): Parts | undefined {
  const [input] = node.args
  // What looks at the other rows of a group is not known from a part of them, but for the first that is there.
  if (!isFirstPresent(node) && !node.args.every(isElementwise)) return undefined
  const one = (name: string, made: ExprNode, how: FunctionName): { partial: ExprNode; merge: ExprNode } => ({
    partial: named(made, name),
    merge: named(call(how, [column(name)]), name),
  })
  switch (node.fn) {
    case 'len':
    case 'count':
    case 'nullCount': {
      const { partial, merge } = one(id, node, 'sum')
      return { partial: [partial], merge: [merge], finish: cast(column(id), 'uint32') }
    }
    case 'sum':
    case 'product':
    case 'min':
    case 'max':
    case 'any':
    case 'all':
    case 'first':
    case 'last': {
      if (isFirstPresent(node)) {
        const merge = replaced(node, (part) => (part === inputOf(input) ? column(id) : undefined))
        return { partial: [named(node, id)], merge: [named(merge, id)], finish: column(id) }
      }
      const { partial, merge } = one(id, node, node.fn)
      return { partial: [partial], merge: [merge], finish: column(id) }
    }
    case 'mean': {
      const type = resolve(input, schema).type
      if (typeof type === 'object') return undefined
      const sum = one(`${id}s`, call('sum', [cast(input, 'float64')]), 'sum')
      const count = one(`${id}n`, call('count', [input]), 'sum')
      const [s, n] = [column(`${id}s`), column(`${id}n`)]
      return {
        partial: [sum.partial, count.partial],
        merge: [sum.merge, count.merge],
        finish: {
          kind: 'when',
          args: [call('gt', [n, number(0)]), call('div', [s, n]), { kind: 'literal', value: null }],
        },
      }
    }
    case 'var':
    case 'std':
      return moments(node, id)
    case 'nUnique':
      return node.options?.approximate ? countSketch(node, id) : distinctValues(node, id, schema)
    case 'median':
    case 'quantile':
      if (isDuration(resolve(input, schema).type)) return undefined
      return node.options?.approximate ? quantileSketch(node, id) : allValues(node, listOf(input))
    case 'implode':
      return {
        partial: [named(node, id)],
        merge: [named(call('gather', [column(id)]), id)],
        finish: column(id),
      }
    default:
      return undefined
  }
}

/** The first value of a group that is there, or the last: of a part's it is found as that of the rows. */
function isFirstPresent({ fn, args: [input] }: Extract<ExprNode, { kind: 'call' }>): boolean {
  if (input?.kind !== 'call') return false
  const fills =
    (fn === 'first' && input.fn === 'backwardFill') || (fn === 'last' && input.fn === 'forwardFill')
  return fills && input.args.every(isElementwise)
}

const inputOf = (node: ExprNode): ExprNode | undefined => argsOf(node)[0]

type Aggregate = Extract<ExprNode, { kind: 'call' }>

const countSketch = ({ args: [input] }: Aggregate, id: string): Parts => ({
  partial: [named(call('hashCodes', [input]), id)],
  merge: [named(call('gather', [column(id)]), id)],
  finish: column(id),
  sketch: { name: id, sketch: 'distinct' },
})

const quantileSketch = ({ args: [input], options }: Aggregate, id: string): Parts => ({
  partial: [named(call('implode', [cast(input, 'float64')]), id)],
  merge: [named(call('gather', [column(id)]), id)],
  finish: column(id),
  sketch: { name: id, sketch: 'quantile', q: Number(options?.q ?? 0.5) },
})

/** The different values of each partition's rows: what moves is as much as there are of them. */
function distinctValues({ args: [input] }: Aggregate, id: string, schema: Schema): Parts | undefined {
  const { type } = resolve(input, schema)
  if (isList(type) || isStruct(type) || type === 'binary') return undefined
  const [values, absent] = [`${id}v`, `${id}a`]
  // Categories differ between partitions by their codes, and agree by their texts.
  const one: ExprNode =
    type === 'category' ? { kind: 'cast', args: [input], to: 'string', strict: true } : input
  const isAbsent = call('gt', [column(absent), number(0)])
  return {
    partial: [named(call('distinct', [one]), values), named(call('nullCount', [input]), absent)],
    merge: [
      named(call('gather', [column(values)], { distinct: true }), values),
      named(call('sum', [column(absent)]), absent),
    ],
    finish: cast(
      call('add', [
        cast(call('list.length', [column(values)]), 'float64'),
        { kind: 'when', args: [isAbsent, number(1), number(0)] },
      ]),
      'uint32',
    ),
  }
}

/** All values of a group as one list, and none of the rows' other columns. */
const allValues = ({ args: [input], options }: Aggregate, id: string): Parts => ({
  partial: [named(call('implode', [cast(input, 'float64')]), id)],
  merge: [named(call('gather', [column(id)]), id)],
  finish: call('list.quantile', [column(id)], {
    q: options?.q ?? 0.5,
    interpolation: options?.interpolation ?? 'linear',
  }),
})

/**
 * Count, mean and squared distances from it; merged without cancellation after Chan, Golub and LeVeque,
 * "Updating formulae and a pairwise algorithm for computing sample variances" (1979).
 */
function moments(node: Extract<ExprNode, { kind: 'call' }>, id: string): Parts {
  const [input] = node.args
  const ddof = Number(node.options?.ddof ?? 1)
  const [n, m, s] = [`${id}n`, `${id}m`, `${id}s`]
  const zero = (expr: ExprNode): ExprNode => call('fillNull', [expr, number(0)])
  const count = cast(call('count', [input]), 'float64')
  const total = call('sum', [column(n)])
  const mean = call('div', [call('sum', [call('mul', [column(m), column(n)])]), total])
  const apart = call('sub', [column(m), mean])
  const between = call('sum', [call('mul', [column(n), call('mul', [apart, apart])])])
  const variance = call('div', [column(s), call('sub', [column(n), number(ddof)])])
  return {
    partial: [
      named(count, n),
      named(zero(call('mean', [input])), m),
      named(zero(call('mul', [call('var', [input], { ddof: 0 }), count])), s),
    ],
    merge: [
      named(total, n),
      named({ kind: 'when', args: [call('gt', [total, number(0)]), mean, number(0)] }, m),
      named(
        call('add', [
          call('sum', [column(s)]),
          { kind: 'when', args: [call('gt', [total, number(0)]), between, number(0)] },
        ]),
        s,
      ),
    ],
    finish: {
      kind: 'when',
      args: [
        call('gt', [column(n), number(ddof)]),
        node.fn === 'std' ? call('sqrt', [variance]) : variance,
        { kind: 'literal', value: null },
      ],
    },
  }
}

/** To how many targets states go, known once all of them are there: few groups come together in the first. */
export function targetsChosen(
  building: Building,
  states: Pipe,
  targets: number,
  place: SourcePlace | undefined,
): unknown {
  const measuring = building.group(bytesOf as (...args: never[]) => unknown, [], 'groupBy-size', place)
  const sizes = states.frames().map((frame) => building.graph.addTask(measuring, [frame]))
  const choosing = building.group(
    chosenTargets as (...args: never[]) => unknown,
    [targets],
    'groupBy-choose',
    place,
  )
  return building.graph.addTask(choosing, [sizes])
}
