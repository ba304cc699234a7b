// Queries as runs of rows, block by block: what is told of a block are its queries, and rows only of those that it may share
// with its neighbours.

import { keepsNothing, kernel } from '../../kernel.ts'
import type { Column } from '../block.ts'
import type { Pairs } from './pairs.ts'
import { type Gain, ndcgOf } from './ranking.ts'

type Name = string | number | null

/** Rows that follow one another and are of the same query. */
export interface QueryRuns {
  /** The query of each run. */
  names: Name[]
  /** Where each begins, and behind the last one how many rows there are. */
  starts: number[]
}

/** The runs of a block. */
export const runsOfQueries = keepsNothing(
  kernel('ml.rank.runs', (_: unknown, cells: Column): QueryRuns => {
    const runs: QueryRuns = { names: [], starts: [] }
    for (let row = 0; row < cells.length; row++) {
      if (row > 0 && cells[row] === cells[row - 1]) continue
      runs.names.push(cells[row])
      runs.starts.push(row)
    }
    runs.starts.push(cells.length)
    return runs
  }),
)

/** The runs of all blocks: one that ends a block may go on in the next. */
export function joinRuns(parts: readonly QueryRuns[]): QueryRuns {
  const all: QueryRuns = { names: [], starts: [] }
  let rows = 0
  for (const { names, starts } of parts) {
    names.forEach((name, i) => {
      if (all.names.length > 0 && i === 0 && name === all.names[all.names.length - 1]) return
      all.names.push(name)
      all.starts.push(rows + starts[i])
    })
    rows += starts[starts.length - 1]
  }
  all.starts.push(rows)
  return all
}

/** The rows of one query, as far as a block has them. */
interface QueryPart {
  name: Name
  relevance: Float64Array
  scores: Float64Array
}

/** How good the orders of a block's queries are. */
export interface OrderedBlock {
  /** The first query and, where it is another, the last: neighbours may have more of their rows. */
  edges: QueryPart[]
  /** The NDCG of each query between. */
  between: number[]
  leastRelevance: number
}

/** What an order is held to. */
interface OrderRules {
  /** Places that count. */
  k: number
  gain: Gain
}

/** What of NDCGs one block tells. */
export const ordersOfBlock = keepsNothing(
  kernel(
    'ml.rank.orders',
    (rules: OrderRules, pairs: Pairs, cells: Column): OrderedBlock =>
      ordered(rules, pairs, runsOfQueries(undefined, cells)),
  ),
)

/** The same where all rows are of one query. */
export const orderOfBlock = keepsNothing(
  kernel('ml.rank.order', (rules: OrderRules, pairs: Pairs): OrderedBlock => {
    const rows = pairs.actual.length
    return ordered(
      rules,
      pairs,
      rows === 0 ? { names: [], starts: [0] } : { names: [null], starts: [0, rows] },
    )
  }),
)

function ordered({ k, gain }: OrderRules, pairs: Pairs, { names, starts }: QueryRuns): OrderedBlock {
  const relevance = pairs.actual as Float64Array
  const scores = pairs.predicted as Float64Array
  const partOf = (run: number): QueryPart => ({
    name: names[run],
    relevance: relevance.slice(starts[run], starts[run + 1]),
    scores: scores.slice(starts[run], starts[run + 1]),
  })
  const last = names.length - 1
  const between: number[] = []
  for (let run = 1; run < last; run++) {
    const part = partOf(run)
    between.push(ndcgOf(part.relevance, part.scores, k, gain))
  }
  return {
    edges: last < 0 ? [] : last === 0 ? [partOf(0)] : [partOf(0), partOf(last)],
    between,
    leastRelevance: relevance.reduce((least, own) => Math.min(least, own), Number.POSITIVE_INFINITY),
  }
}

/** The NDCG of each query, in order. */
export function joinOrders(blocks: readonly OrderedBlock[], k: number, gain: Gain): number[] {
  const all: number[] = []
  let open: QueryPart[] = []
  const close = (): void => {
    if (open.length === 0) return
    const relevance = open.flatMap((part) => Array.from(part.relevance))
    const scores = open.flatMap((part) => Array.from(part.scores))
    all.push(ndcgOf(relevance, scores, k, gain))
    open = []
  }
  for (const { edges, between } of blocks) {
    if (edges.length === 0) continue
    if (open.length > 0 && open[0].name !== edges[0].name) close()
    open.push(edges[0])
    if (edges.length === 1) continue
    close()
    for (const own of between) all.push(own)
    open.push(edges[1])
  }
  close()
  return all
}
