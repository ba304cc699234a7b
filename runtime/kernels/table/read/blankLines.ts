// Blank lines of CSV text, which are no rows where a table has several columns.

const NEWLINE = 10
const RETURN = 13

/** The bytes without lines that are blank and stand in no quoted cell; the same ones where there are none. */
export function withoutBlankLines(bytes: Uint8Array, quote: string): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const startsBlank = bytes[0] === NEWLINE || (bytes[0] === RETURN && bytes[1] === NEWLINE)
  if (!startsBlank && !buffer.includes('\n\n') && !buffer.includes('\n\r\n')) return bytes
  const mark = quote === '' ? -1 : quote.charCodeAt(0)
  const kept = Buffer.alloc(bytes.length)
  let length = 0
  let quoted = false
  let start = 0
  for (let at = 0; at <= bytes.length; at++) {
    if (bytes[at] === mark) quoted = !quoted
    if (at < bytes.length && (bytes[at] !== NEWLINE || quoted)) continue
    const chars = at - start - (bytes[at - 1] === RETURN ? 1 : 0)
    if (chars > 0) length += buffer.copy(kept, length, start, at + 1)
    start = at + 1
  }
  return kept.subarray(0, length)
}
