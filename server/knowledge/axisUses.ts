// Where a text names axes of arrays by their numbers: `air.mean(0)`, `air.sum([0, -1])`.

import type { CallExpression, Node } from 'oxc-parser'
import { type ArrayOrigin, arrayOrigin, axisArgument, numberOf } from './arrayExtent.ts'
import { bare, methodOf, type Subject } from './subject.ts'

export interface AxisUse {
  axis: number
  start: number
  end: number
  call: CallExpression
  method: string
  /** The array whose axis it is. */
  origin: ArrayOrigin
}

/** Every axis that is written out, of an array that is understood. */
export function axisUses(subject: Subject): AxisUse[] {
  const uses: AxisUse[] = []
  for (const call of subject.all('CallExpression')) {
    if (call.callee.type !== 'MemberExpression') continue
    const argument = axisArgument(call)
    if (!argument) continue
    const object = bare(call.callee.object as Node)
    if (subject.kinds.of(object) !== 'array') continue
    const origin = arrayOrigin({ subject, node: object })
    if (!origin) continue
    const given = argument.type === 'ArrayExpression' ? argument.elements : [argument]
    for (const each of given) {
      const node = each && bare(each as Node)
      const axis = node ? numberOf(node) : undefined
      if (!node || axis === undefined) continue
      uses.push({ axis, start: node.start, end: node.end, call, method: methodOf(call) ?? '', origin })
    }
  }
  return uses.sort((a, b) => a.start - b.start)
}
