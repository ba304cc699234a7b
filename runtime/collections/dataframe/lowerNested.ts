// Windows and groups inside aggregates, inside windows and inside groups: they become columns first, so that each layer goes partition by partition.

import { columnsIn, type ExprNode, nameOf, replaced } from '../../kernels/table/expression.ts'
import { ruleOf } from '../../kernels/table/functionCatalogue.ts'
import { resolve } from '../../kernels/table/resolve.ts'
import type { Schema } from '../../kernels/table/schema.ts'
import { isElementwise } from './optimise.ts'
import type { PlanOf } from './plan.ts'

type Project = PlanOf<'project'>
type Over = Extract<ExprNode, { kind: 'over' }>

/** A projection as two: the inner one has the windows as columns that others look at, beside what the outer one needs. */
export interface InLayers {
  readonly inner: Project
  /** By what `inner` gives. */
  readonly outer: Project
}

const INNER = '\u0000inner'
const layerOf = (name: string): number =>
  name.startsWith(INNER) ? Number.parseInt(name.slice(INNER.length), 10) : -1

const kindOf = (node: ExprNode): string => (node.kind === 'call' ? ruleOf(node.fn).kind : 'element')

/**
 * The projection in two layers; nothing where no window or group (`over`) stands inside an aggregate, a window or a group. What
 * else is within groups stays as it is.
 * @param schema of the rows
 */
export function inLayers(plan: Project, schema: Schema): InLayers | undefined {
  const windows: ExprNode[] = []
  const names: string[] = []
  // Those of an earlier layer are columns by now.
  const layer = 1 + Math.max(-1, ...schema.map(({ name }) => layerOf(name)))
  const asColumn = (part: ExprNode): ExprNode => {
    const name = `${INNER}${layer}.${windows.length}`
    windows.push({ kind: 'alias', args: [part], name })
    names.push(name)
    return { kind: 'column', name }
  }
  /** Groups of groups, and by keys that look at other rows: those become columns first. */
  const ofColumns = ({ args: [value, ...keys], ...over }: Over): ExprNode => {
    const inner = replaced(value, (part) => (part.kind === 'over' ? asColumn(part) : undefined))
    const known = keys.map((key) => (isElementwise(key) ? key : asColumn(key)))
    const isSame = inner === value && known.every((key, i) => key === keys[i])
    return isSame ? { ...over, args: [value, ...keys] } : { ...over, args: [inner, ...known] }
  }
  /** @param isInside whether something that looks at other rows stands around the node */
  const hoisted = (node: ExprNode, isInside: boolean): ExprNode =>
    replaced(node, (part) => {
      if (part.kind === 'over') return isInside ? asColumn(part) : ofColumns(part)
      const kind = kindOf(part)
      if (kind === 'element' || !('args' in part)) return undefined
      if (kind === 'window' && isInside && part.args.every(isElementwise)) return asColumn(part)
      // Arguments are looked at as what they are: inside.
      const args = part.args.map((arg) => hoisted(arg, true))
      return args.every((arg, i) => arg === part.args[i]) ? part : ({ ...part, args } as ExprNode)
    })
  const exprs = plan.exprs.map(
    (expr): ExprNode => ({ kind: 'alias', args: [hoisted(expr, false)], name: nameOf(expr) }),
  )
  if (windows.length === 0) return undefined
  const others = new Set(
    exprs.flatMap((expr) => [...columnsIn(expr)]).filter((name) => !names.includes(name)),
  )
  const beside = [...[...others].map((name): ExprNode => ({ kind: 'column', name })), ...windows]
  const fields = beside.map((expr) => ({ name: nameOf(expr), type: resolve(expr, schema).type ?? 'null' }))
  return { inner: { ...plan, exprs: beside, schema: fields }, outer: { ...plan, exprs } }
}
