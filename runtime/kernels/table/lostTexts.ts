// Codes of categories mean something by the list of texts that was made with them, and by no other.

import { kernel } from '../kernel.ts'
import type { Codes, Frame } from './frame.ts'

/** Rows have codes of categories, and the list that says what they mean is that of an earlier split, or of none. */
export class LostTextsError extends Error {
  override name = 'LostTextsError'
}
kernel('error.LostTextsError', LostTextsError)

/**
 * @param beside frames that came with the rows: lists of texts among them
 * @param isKnown whether the list was read before
 * @throws {LostTextsError} when the list of these codes is not there
 */
export function requireTexts({ texts, textsId }: Codes, beside: readonly Frame[], isKnown = false): void {
  if (texts || isKnown || beside.some(({ id, textsOf }) => textsOf !== undefined && id === textsId)) return
  throw new LostTextsError(
    'a part of a table was split again after its worker was lost, and what its categories mean is only known of the first split: compute it once more',
  )
}
