// Memory for a step in between: what one call of a kernel needs beside its result, in one piece that each thread keeps for the next.

import { releasedWhenShort } from '../../resultMemory.ts'

/** More than this is not kept. */
const KEPT_BYTES_MAX = 64 * 2 ** 20
/** Arrays begin where words of any width may stand. */
const ALIGNED = 64

let kept = new ArrayBuffer(0)
/** Where the next array of those in use stands. */
let end = 0
/** How far those went that were in use together since none was. */
let most = 0

releasedWhenShort(() => {
  if (end === 0) kept = new ArrayBuffer(0)
})

/**
 * Arrays that go back together, and what they hold at first is anything. Those that were made last go back first: a function gives
 * its own back before it returns, and awaits nothing meanwhile.
 */
export class Scratch {
  readonly #from = end

  words(length: number): Int32Array {
    const [buffer, at] = room(4 * length)
    return new Int32Array(buffer, at, length)
  }

  rows(length: number): Uint32Array {
    const [buffer, at] = room(4 * length)
    return new Uint32Array(buffer, at, length)
  }

  targets(length: number): Uint16Array {
    const [buffer, at] = room(2 * length)
    return new Uint16Array(buffer, at, length)
  }

  bytes(length: number): Uint8Array {
    const [buffer, at] = room(length)
    return new Uint8Array(buffer, at, length)
  }

  /** As long as another one. */
  like(other: Uint8Array | Uint16Array | Uint32Array): Uint8Array | Uint16Array | Uint32Array {
    if (other instanceof Uint32Array) return this.rows(other.length)
    return other instanceof Uint16Array ? this.targets(other.length) : this.bytes(other.length)
  }

  /** Nobody may look at any of them from now on. */
  giveBack(): void {
    end = this.#from
    if (end > 0) return
    // So much would have been needed: the next call has it.
    if (most > kept.byteLength && most <= KEPT_BYTES_MAX) kept = new ArrayBuffer(most)
    most = 0
  }
}

/** Gives what work gives, whose scratch memory goes back however it ends. */
export function withScratch<T>(work: (scratch: Scratch) => T): T {
  const scratch = new Scratch()
  try {
    return work(scratch)
  } finally {
    scratch.giveBack()
  }
}

/** A place in what is kept; in memory of its own where that is too small. */
function room(byteLength: number): [buffer: ArrayBuffer, at: number] {
  const at = end
  end = Math.ceil((at + byteLength) / ALIGNED) * ALIGNED
  most = Math.max(most, end)
  return end <= kept.byteLength ? [kept, at] : [new ArrayBuffer(byteLength), 0]
}
