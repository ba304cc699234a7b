// Which columns keep the rows together that windows look at.

import { argsOf, type ExprNode } from '../../kernels/table/expression.ts'
import { ruleOf } from '../../kernels/table/functionCatalogue.ts'

/** Columns that every `over` of the expressions has among its keys; none where a window looks at all rows. */
export function overKeys(exprs: readonly ExprNode[]): string[] {
  let common: Set<string> | undefined
  const visit = (node: ExprNode): void => {
    if (node.kind === 'over') {
      const keys = new Set(node.args.slice(1).flatMap((key) => (key.kind === 'column' ? [key.name] : [])))
      common = common === undefined ? keys : new Set([...common].filter((name) => keys.has(name)))
      return
    }
    if (node.kind === 'call' && ruleOf(node.fn).kind !== 'element') common = new Set()
    argsOf(node).forEach(visit)
  }
  exprs.forEach(visit)
  return [...(common ?? [])]
}
