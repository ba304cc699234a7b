// What windows carry from partition to partition: the running sum, extreme or last value of all rows before, or the next one behind.

import { type DataType, isDatetime, isDuration, isFloat, isNumeric } from '../../kernels/table/dataType.ts'
import type { ExprNode } from '../../kernels/table/expression.ts'
import type { FunctionName } from '../../kernels/table/functionCatalogue.ts'
import { runTable } from '../../kernels/table/partition.ts'
import { resolve } from '../../kernels/table/resolve.ts'
import type { Schema } from '../../kernels/table/schema.ts'
import type { SourcePlace } from '../../protocol/failure.ts'
import { type Building, gathered } from './pipe.ts'

type Call = Extract<ExprNode, { kind: 'call' }>

/** How a running window goes on in the next partition. */
export interface Carry {
  /** Whether it goes from the last partition to the first. */
  readonly backwards: boolean
  /** What the rows of one partition come to. */
  total(arg: ExprNode): ExprNode
  /** What several partitions come to, of a column of theirs. */
  merge(states: ExprNode): ExprNode
  /** The window over all rows, from what it is over the partition's own and what is carried there. */
  join(own: ExprNode, carried: ExprNode): ExprNode
}

const call = (fn: FunctionName, ...args: ExprNode[]): ExprNode => ({ kind: 'call', fn, args })

const adding = (total: FunctionName, merge: FunctionName, join: FunctionName): Carry => ({
  backwards: false,
  total: (arg) => call(total, arg),
  merge: (states) => call(merge, states),
  join: (own, carried) => call(join, own, carried),
})

const filling = (fill: 'forwardFill' | 'backwardFill'): Carry => {
  const known = (arg: ExprNode): ExprNode => call(fill === 'forwardFill' ? 'last' : 'first', call(fill, arg))
  return {
    backwards: fill === 'backwardFill',
    total: known,
    merge: known,
    join: (own, carried) => call('fillNull', own, carried),
  }
}

/** NaN is less than any number for a largest one, and more for a smallest one: it stays only where there is nothing else. */
const extreme = (fn: 'min' | 'max', type: DataType): Carry => ({
  backwards: false,
  total: (arg) => call(fn, arg),
  merge: (states) => call(fn, states),
  join: (own, carried) => {
    const isBetter = call(fn === 'min' ? 'lte' : 'gte', own, carried)
    const conditions = isFloat(type)
      ? [call('isNaN', carried), own, call('isNaN', own), carried, isBetter, own]
      : [isBetter, own]
    return {
      kind: 'when',
      args: [call('isNull', carried), own, call('isNull', own), own, ...conditions, carried],
    }
  },
})

/** How a window is carried on; nothing where it must see all rows at once. */
export function carryOf({ fn, args }: Call, schema: Schema): Carry | undefined {
  switch (fn) {
    case 'cumSum':
      return adding('sum', 'sum', 'add')
    case 'cumCount':
      return adding('count', 'sum', 'add')
    case 'cumProd':
      return adding('product', 'product', 'mul')
    case 'cumMin':
    case 'cumMax': {
      const type = resolve(args[0], schema).type ?? 'null'
      return isOrdered(type) ? extreme(fn === 'cumMin' ? 'min' : 'max', type) : undefined
    }
    case 'forwardFill':
    case 'backwardFill':
      return filling(fn)
    default:
      return undefined
  }
}

/** How ranks go on where values come in their order, all equal ones together: by how many, or how many different ones, came before. */
export function rankCarry(rank: Call, schema: Schema): Carry {
  const type = resolve(rank, schema).type
  const isDense = rank.options?.method === 'dense'
  return {
    backwards: false,
    total: (arg) =>
      isDense
        ? call('fillNull', call('max', { ...rank, args: [arg] }), { kind: 'literal', value: 0 })
        : call('count', arg),
    merge: (states) => call('sum', states),
    join: (own, carried) => ({ kind: 'cast', args: [call('add', own, carried)], to: type, strict: true }),
  }
}

const ORDERED = new Set<DataType>(['string', 'category', 'boolean', 'date', 'time'])
const isOrdered = (type: DataType): boolean =>
  ORDERED.has(type) || isNumeric(type) || isDatetime(type) || isDuration(type)

export interface Carried {
  /** The columns of what is carried. */
  readonly states: Schema
  /** For each partition, the reference of one row. */
  readonly carried: readonly unknown[]
}

/** What is carried to each partition by windows of one direction: partitions are looked at side by side, their totals in a row. */
export function carriedTo(
  building: Building,
  frames: readonly unknown[],
  schema: Schema,
  windows: readonly { name: string; window: Call; carry: Carry }[],
  place: SourcePlace | undefined,
): Carried {
  const [{ carry }] = windows
  const named = (arg: ExprNode, name: string): ExprNode => ({ kind: 'alias', args: [arg], name })
  const totals = windows.map(({ name, window, carry }) =>
    resolve(named(carry.total(window.args[0]), name), schema),
  )
  const states: Schema = totals.map(({ type }, i) => ({ name: windows[i].name, type: type ?? 'null' }))
  const merges = windows.map(({ name, carry }, i) => {
    const merged = carry.merge({ kind: 'column', name })
    return resolve(named({ kind: 'cast', args: [merged], to: states[i].type, strict: true }, name), states)
  })
  const sums = gathered(
    building,
    frames.map((frame) => [frame]),
    schema,
    'running',
    place,
  )
    .with('total', states, { step: 'aggregate', keys: [], aggs: totals }, place)
    .frames('total')
  const merging = building.group(
    runTable as (...args: never[]) => unknown,
    [
      { source: 'frames', schema: states },
      [{ step: 'aggregate', keys: [], aggs: merges }],
      { sink: 'frame' },
    ],
    'running-before',
    place,
  )
  // At the end stand no rows, which come to what aggregates of nothing give.
  const carried: unknown[] = [building.graph.addTask(merging, [[]])]
  const order = carry.backwards ? sums.toReversed() : sums
  for (const sum of order.slice(0, -1)) {
    const parts = carry.backwards ? [sum, carried.at(-1)] : [carried.at(-1), sum]
    carried.push(building.graph.addTask(merging, [parts]))
  }
  return { states, carried: carry.backwards ? carried.reverse() : carried }
}
