// A growing byte buffer with the few number and text forms that encoded values need.

import { TAG } from './valueTags.ts'

export class ByteWriter {
  bytes: Buffer
  view: DataView
  length = 0

  constructor(capacity = 1024) {
    this.bytes = Buffer.allocUnsafeSlow(capacity)
    this.view = new DataView(this.bytes.buffer)
  }

  /** Makes room for `count` more bytes. */
  ensure(count: number): void {
    if (this.length + count <= this.bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + count))
    this.bytes.copy(grown, 0, 0, this.length)
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }

  byte(value: number): void {
    if (this.length === this.bytes.length) this.ensure(1)
    this.bytes[this.length++] = value
  }

  /** An unsigned integer below 2^53, seven bits a byte. */
  varint(value: number): void {
    this.ensure(8)
    while (value >= 0x80) {
      this.bytes[this.length++] = (value & 0x7f) | 0x80
      value = value < 0x80000000 ? value >>> 7 : Math.floor(value / 128)
    }
    this.bytes[this.length++] = value
  }

  u32(value: number): void {
    this.ensure(4)
    this.view.setUint32(this.length, value, true)
    this.length += 4
  }

  double(value: number): void {
    this.ensure(8)
    this.view.setFloat64(this.length, value, true)
    this.length += 8
  }

  raw(bytes: Uint8Array): void {
    this.ensure(bytes.length)
    this.bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  /** A tagged text: one byte a unit where every unit fits, else two. */
  text(value: string): void {
    const { length } = value
    this.ensure(length * 2 + 12)
    if (length < 40) {
      const start = this.length
      const { bytes } = this
      bytes[start] = TAG.latin1
      bytes[start + 1] = length
      let at = start + 2
      for (let i = 0; i < length; i++) {
        const unit = value.charCodeAt(i)
        if (unit > 0xff) {
          this.#utf16(value)
          return
        }
        bytes[at++] = unit
      }
      this.length = at
      return
    }
    if (isLatin1(value)) {
      this.byte(TAG.latin1)
      this.varint(length)
      this.length += this.bytes.write(value, this.length, 'latin1')
    } else this.#utf16(value)
  }

  #utf16(value: string): void {
    this.byte(TAG.utf16)
    this.varint(value.length)
    this.length += this.bytes.write(value, this.length, 'utf16le')
  }

  /** Whether all that was written is these bytes. */
  holds(bytes: Uint8Array): boolean {
    const { length } = bytes
    return length === this.length && this.bytes.compare(bytes, 0, length, 0, length) === 0
  }

  /** A copy of what was written from `start` on. */
  copy(start = 0): Uint8Array {
    return new Uint8Array(this.view.buffer, start, this.length - start).slice()
  }
}

function isLatin1(value: string): boolean {
  for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) > 0xff) return false
  return true
}
