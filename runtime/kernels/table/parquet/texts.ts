// Texts and bytes of a page as Arrow's views, over the page's own bytes.

import { isAscii, isUtf8 } from 'node:buffer'
import { INLINE_BYTES } from '../flat/flatFrame.ts'
import { UnreadPageError } from './pages.ts'

/**
 * Writes the views of texts that stand one behind the other, each behind its length.
 * @param views four words a text, see `FlatTexts`
 * @param buffer the number that the page's bytes have among a column's
 * @param isText whether they must be UTF-8
 * @returns whether any text is too long for its view
 * @throws {UnreadPageError} when they are cut short or no texts
 */
export function readTexts(
  bytes: Uint8Array,
  count: number,
  views: Int32Array,
  buffer: number,
  isText: boolean,
): boolean {
  const isPlain = !isText || isAscii(bytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let isLong = false
  let at = 0
  for (let i = 0; i < count; i++) {
    if (at + 4 > bytes.length) throw new UnreadPageError('texts are cut short')
    const length = view.getUint32(at, true)
    at += 4
    if (length > bytes.length - at) throw new UnreadPageError('a text is cut short')
    if (!isPlain && !isUtf8(bytes.subarray(at, at + length))) throw new UnreadPageError('a text is no UTF-8')
    if (length > INLINE_BYTES) isLong = true
    writeView(views, 4 * i, view, at, length, buffer)
    at += length
  }
  return isLong
}

/** The same of texts that stand behind all lengths, from byte `from` on. */
export function readTextsBehind(
  bytes: Uint8Array,
  from: number,
  lengths: Int32Array,
  views: Int32Array,
  buffer: number,
  isText: boolean,
): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let isLong = false
  let at = from
  for (let i = 0; i < lengths.length; i++) {
    const length = lengths[i]
    if (length < 0 || length > bytes.length - at) throw new UnreadPageError('a text is cut short')
    if (isText && !isUtf8(bytes.subarray(at, at + length))) throw new UnreadPageError('a text is no UTF-8')
    if (length > INLINE_BYTES) isLong = true
    writeView(views, 4 * i, view, at, length, buffer)
    at += length
  }
  return isLong
}

function writeView(
  views: Int32Array,
  to: number,
  page: DataView,
  at: number,
  length: number,
  buffer: number,
): void {
  views[to] = length
  if (length > INLINE_BYTES) {
    views[to + 1] = page.getInt32(at, true)
    views[to + 2] = buffer
    views[to + 3] = at
    return
  }
  for (let word = 0; word < 3; word++) {
    const left = length - 4 * word
    const from = at + 4 * word
    let value = 0
    if (left >= 4) value = page.getInt32(from, true)
    else for (let i = 0; i < left; i++) value |= page.getUint8(from + i) << (8 * i)
    views[to + 1 + word] = value
  }
}
