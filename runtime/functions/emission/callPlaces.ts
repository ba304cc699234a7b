// Calls say where they stand: `x.submit(f, a)` becomes `x.submit(f, __heddle_p(17, 5, 2, a))`, since asking the stack takes longer.

import type MagicString from 'magic-string'
import type { Node } from 'oxc-parser'
import { lineColumn } from '../analysis/sourceText.ts'
import type { AnalysedModule } from '../analysis/sourceUnit.ts'

/**
 * Both give what they are given, the last argument of a call, and note where the call stands: nothing runs between that and
 * the call. Of a list that is spread the last item is the last argument.
 */
export const PLACE_HELPERS =
  'function __heddle_p(l,c,n,v){globalThis.__heddle?.calls?.note(__heddle_m(),l,c,n,v);return v}' +
  'function __heddle_q(l,c,n,v){globalThis.__heddle?.calls?.noteSpread(__heddle_m(),l,c,n,v);return v}'

/** Writes places into the calls of one part of a module, around whatever else was written there. */
export function writeCallPlaces(
  { placedCalls, source }: AnalysedModule,
  text: MagicString,
  includes: (node: { start: number; end: number }) => boolean,
): void {
  for (const { node, at } of placedCalls) {
    if (!includes(node)) continue
    const last = node.arguments[node.arguments.length - 1]
    const spreads = last.type === 'SpreadElement'
    // How many there are is not known where an earlier one is spread: then that says nothing.
    const others = node.arguments.slice(0, -1)
    const count = others.some(({ type }) => type === 'SpreadElement') ? -1 : node.arguments.length
    const { line, column } = lineColumn(source, at)
    const value: Node = spreads ? last.argument : last
    // The parentheses around a sequence are no part of it.
    const [open, close] = value.type === 'SequenceExpression' ? ['(', ')'] : ['', '']
    text.prependRight(
      value.start,
      `${spreads ? '__heddle_q' : '__heddle_p'}(${line},${column},${count},${open}`,
    )
    text.appendLeft(value.end, `${close})`)
  }
}
