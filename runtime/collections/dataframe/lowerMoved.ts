// Ranks over all rows, values within groups, and rows in reverse beside others: each is worked out where the rows are that it
// needs, and comes back as a column of the partitions that the rows have.

import { isDeepStrictEqual } from 'node:util'
import { columnsIn, type ExprNode, nameOf, replaced, some } from '../../kernels/table/expression.ts'
import { resolve } from '../../kernels/table/resolve.ts'
import type { Schema } from '../../kernels/table/schema.ts'
import { isOnlyReversed, runningRanks } from './lowerWindows.ts'
import {
  besideMoved,
  broughtBack,
  type MovedColumns,
  NUMBER,
  numbered,
  onlyMoved,
  reversedBeside,
  someOf,
} from './movedColumns.ts'
import { isElementwise } from './optimise.ts'
import { held, type Pipe } from './pipe.ts'
import type { PlanOf } from './plan.ts'
import { shuffled } from './shuffle.ts'

type Project = PlanOf<'project'>
type Over = Extract<ExprNode, { kind: 'over' }>
type Call = Extract<ExprNode, { kind: 'call' }>

/** A projection without what was moved, and the rows that have it as columns. */
export interface BesideMoved {
  readonly plan: Project
  readonly input: Pipe
}

/** A part of a projection, and the column that stands for it. */
interface Move<N extends ExprNode = ExprNode> {
  readonly node: N
  readonly name: string
}

const MOVED = '\u0000moved'
const numberOf = (name: string): number => (name.startsWith(MOVED) ? Number(name.slice(MOVED.length)) : -1)
const column = (name: string): ExprNode => ({ kind: 'column', name })
const call = (fn: Call['fn'], node: ExprNode): node is Call => node.kind === 'call' && node.fn === fn

/** The projection with ranks, groups and rows in reverse as columns; nothing where it has none. */
export function movedBeside(plan: Project, input: Pipe): BesideMoved | undefined {
  if (input.partitions === 1) return undefined
  const reversesStay = plan.exprs.every(isOnlyReversed)
  const moves: Move[] = []
  // Those that were moved before are columns by now.
  const known = 1 + Math.max(-1, ...input.schema.map(({ name }) => numberOf(name)))
  const exprs = plan.exprs.map((expr): ExprNode => {
    const rest = replaced(expr, (node) => {
      if (!isMoved(node) || (reversesStay && call('reverse', node)))
        return node.kind === 'over' ? node : undefined
      const name = `${MOVED}${known + moves.length}`
      moves.push({ node, name })
      return column(name)
    })
    return { kind: 'alias', args: [rest], name: nameOf(expr) }
  })
  if (moves.length === 0) return undefined
  const rows = held(input)
  const columns = [
    ...groupsOf(moves.filter(isOver)).map((group) => withinGroups(rows, group, plan)),
    ...orders(moves.filter((move): move is Move<Call> => call('rank', move.node))).map((ranks) =>
      ranked(rows, ranks, plan),
    ),
    ...inReverse(
      rows,
      moves.filter(({ node }) => call('reverse', node)),
      plan,
    ),
  ]
  const names = new Set(moves.map(({ name }) => name))
  const needed = new Set(exprs.flatMap((expr) => [...columnsIn(expr)]).filter((name) => !names.has(name)))
  const [first, ...others] = columns
  const beside =
    needed.size > 0
      ? besideMoved(someOf(rows, needed), columns, 'select', plan.place)
      : besideMoved(onlyMoved(rows.building, first, 'select', plan.place), others, 'select', plan.place)
  return { plan: { ...plan, exprs }, input: beside }
}

const isOver = (move: Move): move is Move<Over> => move.node.kind === 'over'

/** Whether rows must move for an expression, and for no part of it. */
function isMoved(node: ExprNode): boolean {
  if (node.kind === 'over')
    return node.args.slice(1).every(isElementwise) && !some(node.args[0], (part) => part.kind === 'over')
  if (!call('rank', node) && !call('reverse', node)) return false
  return node.args.every(isElementwise) && columnsIn(node).size > 0
}

/** The rows' numbers, and what stands for each move. */
function made(moves: readonly Move[], schema: Schema): { exprs: readonly ExprNode[]; schema: Schema } {
  const exprs = [
    column(NUMBER),
    ...moves.map(({ node, name }): ExprNode => ({ kind: 'alias', args: [node], name })),
  ]
  return { exprs, schema: exprs.map((expr) => ({ name: nameOf(expr), type: resolve(expr, schema).type })) }
}

/** Rows with their numbers and with what some expressions read. */
const numberedFor = (rows: Pipe, nodes: readonly ExprNode[], label: string, { place }: Project): Pipe =>
  numbered(someOf(rows, new Set(nodes.flatMap((node) => [...columnsIn(node)]))), label, place)

/** Values within groups whose keys have some in common: rows that agree in those come together. */
interface Groups {
  readonly keys: readonly ExprNode[]
  readonly moves: readonly Move<Over>[]
}

function groupsOf(moves: readonly Move<Over>[]): Groups[] {
  const groups: Groups[] = []
  for (const move of moves) {
    const own = move.node.args.slice(1)
    const common = (keys: readonly ExprNode[]): ExprNode[] =>
      keys.filter((key) => own.some((each) => isDeepStrictEqual(each, key)))
    const at = groups.findIndex(({ keys }) => common(keys).length > 0)
    if (at < 0) groups.push({ keys: own, moves: [move] })
    else groups[at] = { keys: common(groups[at].keys), moves: [...groups[at].moves, move] }
  }
  return groups
}

function withinGroups(rows: Pipe, { keys, moves }: Groups, plan: Project): MovedColumns {
  const { place } = plan
  const nodes = moves.map(({ node }) => node)
  const own = numberedFor(rows, nodes, 'over', plan)
  const hashed = keys.map((key) => resolve(key, own.schema))
  const together = shuffled(own, { by: 'hash', keys: hashed }, rows.partitions, 'over', place)
  const { exprs, schema } = made(moves, own.schema)
  const step = { step: 'select', exprs: exprs.map((expr) => resolve(expr, own.schema)) } as const
  return broughtBack(together.with('over', schema, step, place), rows.partitions, 'over', place)
}

/** Ranks of the same values in the same direction. */
function orders(moves: readonly Move<Call>[]): Move<Call>[][] {
  const all: Move<Call>[][] = []
  for (const move of moves) {
    const { args, options } = move.node
    const same = all.find(
      ([{ node }]) => isDeepStrictEqual(node.args, args) && node.options?.descending === options?.descending,
    )
    if (same) same.push(move)
    else all.push([move])
  }
  return all
}

/** Equal values come to one partition, in the order of which ranks go on from those before. */
function ranked(rows: Pipe, moves: readonly Move<Call>[], plan: Project): MovedColumns {
  const { place } = plan
  const [{ node }] = moves
  const own = numberedFor(rows, [node], 'rank', plan)
  const key = resolve(node.args[0], own.schema)
  const descending = node.options?.descending === true
  const by = { by: 'range', key, descending, nullsFirst: false } as const
  const inOrder = shuffled(own, by, rows.partitions, 'rank', place)
  const ranks = runningRanks({ ...made(moves, own.schema), place }, inOrder)
  return broughtBack(ranks, rows.partitions, 'rank', place)
}

function inReverse(rows: Pipe, moves: readonly Move[], plan: Project): MovedColumns[] {
  if (moves.length === 0) return []
  const { exprs, schema } = made(moves, numbered(rows, 'reverse', undefined).schema)
  return [reversedBeside(rows, exprs.slice(1), schema.slice(1), plan.place)]
}
