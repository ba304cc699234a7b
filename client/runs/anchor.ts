// A stretch of a document that keeps its place while the document is edited around it.

/** Offsets in UTF-16 units, `end` exclusive. */
export interface Anchor {
  start: number
  end: number
}

/** One edit: `length` units from `offset` on became `textLength` units. */
export interface Edit {
  offset: number
  length: number
  textLength: number
}

/**
 * Moves an anchor along with one edit. An edit inside stretches it, one that overlaps its border cuts it there.
 * @returns nothing when the edit took all of it away
 * @example shiftAnchor({ start: 10, end: 20 }, { offset: 0, length: 0, textLength: 5 }) // { start: 15, end: 25 }
 */
export function shiftAnchor(anchor: Anchor, edit: Edit): Anchor | undefined {
  const editEnd = edit.offset + edit.length
  const delta = edit.textLength - edit.length
  if (edit.length > 0 && edit.offset <= anchor.start && editEnd >= anchor.end) return undefined
  if (editEnd <= anchor.start) return { start: anchor.start + delta, end: anchor.end + delta }
  if (edit.offset >= anchor.end) return anchor
  if (edit.offset < anchor.start) return { start: edit.offset + edit.textLength, end: anchor.end + delta }
  if (editEnd > anchor.end) return { start: anchor.start, end: edit.offset }
  return { start: anchor.start, end: anchor.end + delta }
}
