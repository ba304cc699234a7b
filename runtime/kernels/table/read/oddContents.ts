// Files whose contents could be taken for something else than they are: what they are, and the way out.

/**
 * What a CSV file's beginning shows of another encoding or other line ends.
 * @param text its beginning, decoded leniently
 * @param quote empty where nothing hides line ends
 * @returns nothing when it shows none
 * @example oddCsv('a,b\n1,2\n', 'utf-8', '"') // undefined
 */
export function oddCsv(text: string, encoding: string, quote: string): string | undefined {
  // Marks of byte order are no UTF-8: both of their bytes become a mark for what is unreadable.
  if (encoding === 'utf-8' && text.startsWith('\ufffd\ufffd') && text.includes('\0'))
    return `it begins as UTF-16 does. Say encoding: '${text[2] === '\0' ? 'utf-16be' : 'utf-16le'}'.`
  if (text.includes('\n') || !text.includes('\r')) return undefined
  const outside = quote === '' ? text : text.split(quote).filter((_, i) => i % 2 === 0)
  return [outside].flat().some((part) => part.includes('\r'))
    ? "its lines end in CR alone. Make LF of them first, e.g. by tr '\\r' '\\n'."
    : undefined
}

/** Arrow's files begin and end in it; streams do not. */
const ARROW_MAGIC = 'ARROW1'

/**
 * What the ends of an Arrow file show of its being cut short.
 * @returns nothing when it is whole, or a stream
 * @example oddArrow(new Uint8Array(0)) // 'it is empty'
 */
export function oddArrow(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return 'it is empty'
  const text = (part: Uint8Array): string => String.fromCharCode(...part)
  if (text(bytes.subarray(0, ARROW_MAGIC.length)) !== ARROW_MAGIC) return undefined
  // The mark stands twice, each time by itself.
  const isWhole =
    bytes.length >= 2 * ARROW_MAGIC.length && text(bytes.subarray(-ARROW_MAGIC.length)) === ARROW_MAGIC
  return isWhole ? undefined : `it should end in ${ARROW_MAGIC}, and was cut short`
}
