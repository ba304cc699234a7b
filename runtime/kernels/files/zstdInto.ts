// Zstandard unpacked into memory that is there already. `zstdDecompressSync` takes new memory and a new context for every page,
// which is a third of its time; Node offers nothing public that reuses them, so the handle of a stream is driven as Node's own
// synchronous functions (and npm's minizlib) drive it. Wherever that handle is not as it is known, the public function is taken.

import { constants, createZstdDecompress, zstdDecompressSync } from 'node:zlib'

/** What of a zlib stream's inside is used. */
interface Handle {
  reset(): void
  writeSync(flush: number, from: Uint8Array, at: number, length: number, ...to: Room): void
  onerror: (message: string) => void
}

type Room = [to: Uint8Array, at: number, length: number]

/** A stream's handle, and where it says what is left: bytes of room, bytes of input. */
interface Unpacker {
  readonly handle: Handle
  readonly left: Uint32Array
}

/** One a thread; nothing where streams are made otherwise. */
let unpacker: Unpacker | undefined
let isKnown = true

/**
 * Unpacks a whole frame of Zstandard.
 * @param to as long as what is packed
 * @throws {Error} when the bytes are broken, or hold fewer or more than `to` has room for: `to` then holds anything
 */
export function unpackZstdInto(packed: Uint8Array, to: Uint8Array): void {
  if (!isUnpackedByHandle(packed, to)) unpackPublicly(packed, to)
}

/** The same by what Node documents. */
export function unpackPublicly(packed: Uint8Array, to: Uint8Array): void {
  const maxOutputLength = Math.max(to.length, 1)
  const chunkSize = to.length + SPARE_BYTES
  const bytes = zstdDecompressSync(packed, { chunkSize, maxOutputLength })
  if (bytes.length !== to.length)
    throw new RangeError(`${bytes.length} bytes were packed, and should be ${to.length}`)
  to.set(bytes)
}

/** Node takes no smaller pieces than 64 bytes. */
const SPARE_BYTES = 64

/** False where it could not be done, for any reason: the public function says which. */
function isUnpackedByHandle(packed: Uint8Array, to: Uint8Array): boolean {
  if (!isKnown) return false
  unpacker ??= newUnpacker()
  if (!unpacker) {
    isKnown = false
    return false
  }
  const { handle, left } = unpacker
  let isWell = true
  handle.onerror = () => {
    isWell = false
  }
  handle.reset()
  handle.writeSync(constants.ZSTD_e_end, packed, 0, packed.length, to, 0, to.length)
  if (isWell && left[0] === 0 && left[1] === 0) return true
  // A handle that erred stays so.
  unpacker = undefined
  return false
}

function newUnpacker(): Unpacker | undefined {
  const { _handle: handle, _writeState: left } = createZstdDecompress() as unknown as {
    readonly _handle?: Partial<Handle>
    readonly _writeState?: unknown
  }
  const isAsKnown =
    typeof handle?.reset === 'function' &&
    typeof handle.writeSync === 'function' &&
    left instanceof Uint32Array &&
    left.length === 2
  return isAsKnown ? { handle: handle as Handle, left } : undefined
}
