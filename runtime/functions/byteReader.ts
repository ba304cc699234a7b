// Reads what ByteWriter wrote, and refuses to read past the end.

import { TAG } from './valueTags.ts'

/** Bytes that are no encoded value, or were cut short. */
export class BrokenValueError extends Error {
  override name = 'BrokenValueError'
}

export class ByteReader {
  readonly bytes: Buffer
  readonly view: DataView
  at = 0
  end: number

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.end = bytes.byteLength
  }

  /** Moves past `count` bytes and returns where they begin. */
  skip(count: number): number {
    const start = this.at
    if (start + count > this.end) throw new BrokenValueError('an encoded value was cut short')
    this.at = start + count
    return start
  }

  byte(): number {
    return this.bytes[this.skip(1)]
  }

  varint(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 128
    }
  }

  double(): number {
    return this.view.getFloat64(this.skip(8), true)
  }

  /** A view on the next `count` bytes. */
  raw(count: number): Buffer {
    const start = this.skip(count)
    return this.bytes.subarray(start, start + count)
  }

  /** A tagged text. */
  text(): string {
    return this.textOf(this.byte())
  }

  textOf(tag: number): string {
    const length = this.varint()
    if (tag === TAG.latin1) {
      const start = this.skip(length)
      if (length < 12) {
        let text = ''
        for (let i = start; i < start + length; i++) text += String.fromCharCode(this.bytes[i])
        return text
      }
      return this.bytes.toString('latin1', start, start + length)
    }
    if (tag === TAG.utf16) {
      const start = this.skip(length * 2)
      return this.bytes.toString('utf16le', start, start + length * 2)
    }
    throw new BrokenValueError(`an encoded value holds ${tag} where a text should be`)
  }
}
