// What is done twice with a data frame though once would do.

import type { Node } from 'oxc-parser'
import { bare, methodOf, type Subject } from '../knowledge/subject.ts'
import type { Finding } from './finding.ts'

/** An index that is set over another one in the same chain: each time all rows travel. */
export function setIndexFindings(subject: Subject): Finding[] {
  const found: Finding[] = []
  for (const call of subject.all('CallExpression')) {
    if (methodOf(call) !== 'setIndex' || call.callee.type !== 'MemberExpression') continue
    if (subject.kinds.of(call.callee.object as Node) !== 'dataframe') continue
    const earlier = earlierIndex(subject, bare(call.callee.object as Node))
    if (!earlier) continue
    const { property, object } = earlier.callee as Extract<Node, { type: 'MemberExpression' }>
    found.push({
      code: 'set-index-twice',
      severity: 'warning',
      start: property.start,
      end: earlier.end,
      message: `This index is replaced by a later setIndex: each of them moves every row between workers. Set only the last one.`,
      related: [{ start: call.callee.property.start, end: call.end, message: 'the index is set again here' }],
      fix: { title: 'Remove the first setIndex', edits: [{ start: object.end, end: earlier.end, text: '' }] },
    })
  }
  return found
}

/** The `setIndex` before, with nothing between that would use the index. */
function earlierIndex(subject: Subject, node: Node): Extract<Node, { type: 'CallExpression' }> | undefined {
  let at = node
  for (let steps = 0; steps < 50; steps++) {
    if (at.type === 'Identifier') {
      const binding = subject.binding(at)
      const [declaration] = binding?.declarations ?? []
      // A variable that is used elsewhere too needs its index.
      if (
        !binding?.simple ||
        binding.references > 1 ||
        declaration?.type !== 'VariableDeclarator' ||
        !declaration.init
      )
        return undefined
      at = bare(declaration.init as Node)
    } else if (at.type === 'CallExpression' && at.callee.type === 'MemberExpression') {
      const method = methodOf(at)
      if (method === 'setIndex') return at
      if (!/^(filter|withColumns?|select|drop|rename|assign|map|fillNull|dropNulls)$/.test(method ?? ''))
        return undefined
      at = bare(at.callee.object as Node)
    } else return undefined
  }
  return undefined
}
