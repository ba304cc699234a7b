// What a lens runs where the text may be newer than the lens. No `vscode`.

import type { ExpressionToRun } from './runBook.ts'

/** What the language server hands over: an expression of the text as it was in that version. */
export interface LensOfExpression {
  version: number
  expression: ExpressionToRun
}

/** Said where a lens or the cursor stands at nothing that can be run. */
export const NO_COMPUTATION =
  'There is no computation here: put the cursor on an awaited compute(), persist(), gather() or result().'

/**
 * The expression that a lens stands above, in the text as it is now: since it was drawn somebody may have typed, or saving may
 * have formatted the text.
 * @param version of the text now
 * @param computationAt asks the language server for what stands at an offset now
 * @returns nothing where no computation stands there any more
 */
export async function expressionNow(
  lens: LensOfExpression,
  version: number,
  computationAt: (offset: number) => Promise<ExpressionToRun | undefined>,
): Promise<ExpressionToRun | undefined> {
  return lens.version === version ? lens.expression : await computationAt(lens.expression.start)
}
