// Memory for a step in between: what one call of a kernel needs beside its result.

import { giveBack, resultBuffer } from '../../resultMemory.ts'

/** Arrays that go back together. What they hold at first is anything. */
export class Scratch {
  readonly #buffers: ArrayBufferLike[] = []

  words(length: number): Int32Array {
    return new Int32Array(this.#buffer(4 * length), 0, length)
  }

  rows(length: number): Uint32Array {
    return new Uint32Array(this.#buffer(4 * length), 0, length)
  }

  targets(length: number): Uint16Array {
    return new Uint16Array(this.#buffer(2 * length), 0, length)
  }

  bytes(length: number): Uint8Array {
    return new Uint8Array(this.#buffer(length), 0, length)
  }

  /** As long as another one. */
  like(other: Uint8Array | Uint16Array | Uint32Array): Uint8Array | Uint16Array | Uint32Array {
    if (other instanceof Uint32Array) return this.rows(other.length)
    return other instanceof Uint16Array ? this.targets(other.length) : this.bytes(other.length)
  }

  /** Nobody may look at any of them from now on. */
  giveBack(): void {
    for (const buffer of this.#buffers.splice(0)) giveBack(buffer)
  }

  #buffer(byteLength: number): ArrayBufferLike {
    const buffer = resultBuffer(sizeOf(byteLength))
    this.#buffers.push(buffer)
    return buffer
  }
}

/** Few sizes, so that memory of one call serves the next. */
const sizeOf = (byteLength: number): number => {
  const step = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, byteLength))) - 3)
  return Math.ceil(byteLength / step) * step
}
