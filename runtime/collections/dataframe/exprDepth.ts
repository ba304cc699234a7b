// How deep expressions may be nested: chains that a program makes in a loop become trees of pairs, other nesting has a limit.

import { argsOf, type ExprNode } from '../../kernels/table/expression.ts'
import type { FunctionName } from '../../kernels/table/functionCatalogue.ts'

/**
 * Engines walk expressions by calling themselves. polars ends the whole process where its stack is too small: `fillNull` within each
 * other was borne 500 deep and not 600.
 */
export const DEPTH_MAX = 256

/** Operations whose operands may be taken in pairs, whatever they are. */
const CHAINS: ReadonlySet<FunctionName> = new Set(['and', 'or', 'xor', 'add', 'mul'])

type Call = Extract<ExprNode, { kind: 'call' }>

/** By nodes that expressions were made of: how many levels stand below. */
const depths = new WeakMap<ExprNode, number>()
/** Those that were put in pairs already. */
const paired = new WeakSet<ExprNode>()

const depthOf = (node: ExprNode): number => depths.get(node) ?? 0

/**
 * The expression, no deeper than `DEPTH_MAX`; nothing where it cannot be. 100,000 conditions joined one after another by `and` become a tree.
 */
export function withinDepth(node: ExprNode): ExprNode | undefined {
  const args = argsOf(node)
  if (args.length === 0) return node
  const depth = 1 + deepest(args)
  if (depth <= DEPTH_MAX) return known(node, depth)
  if (node.kind !== 'call' || !CHAINS.has(node.fn)) return undefined
  // What was paired before stays as it is while that adds few levels: a chain that grows is not made anew each time.
  const some = inPairs(node.fn, termsOf(node, true))
  const made = depthOf(some) <= DEPTH_MAX / 2 ? some : inPairs(node.fn, termsOf(node, false))
  paired.add(made)
  return depthOf(made) <= DEPTH_MAX ? made : undefined
}

function known(node: ExprNode, depth: number): ExprNode {
  depths.set(node, depth)
  return node
}

function deepest(nodes: readonly ExprNode[]): number {
  let most = 0
  for (const node of nodes) most = Math.max(most, depthOf(node))
  return most
}

const joined = (fn: FunctionName, left: ExprNode, right: ExprNode): ExprNode =>
  known({ kind: 'call', fn, args: [left, right] }, 1 + Math.max(depthOf(left), depthOf(right)))

/** The operands of a chain, from the left. A literal stays with what stands before it, of which it takes its type. */
function termsOf({ fn, args }: Call, pairsStay: boolean): ExprNode[] {
  const terms: ExprNode[] = []
  const stack = args.toReversed()
  for (let node = stack.pop(); node; node = stack.pop()) {
    const before = terms.at(-1)
    if (node.kind === 'call' && node.fn === fn && !(pairsStay && paired.has(node)))
      for (let i = node.args.length - 1; i >= 0; i--) stack.push(node.args[i])
    else if (node.kind === 'literal' && before) terms[terms.length - 1] = joined(fn, before, node)
    else terms.push(node)
  }
  return terms
}

/** A tree of terms; one that was paired before stands at its top. */
function inPairs(fn: FunctionName, terms: readonly ExprNode[]): ExprNode {
  const [first, last] = [terms[0], terms[terms.length - 1]]
  if (terms.length > 2 && paired.has(first)) return joined(fn, first, inPairs(fn, terms.slice(1)))
  if (terms.length > 2 && paired.has(last)) return joined(fn, inPairs(fn, terms.slice(0, -1)), last)
  let level = terms
  while (level.length > 1) {
    const next: ExprNode[] = []
    for (let i = 0; i < level.length; i += 2)
      next.push(i + 1 < level.length ? joined(fn, level[i], level[i + 1]) : level[i])
    level = next
  }
  return level[0]
}
