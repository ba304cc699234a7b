// What polars writes as Arrow IPC, and numbers out of it.

import { openArrow } from '../arrow.ts'
import type { NativeFrame } from './native.ts'

/** The bytes of an IPC file as they come. */
export function piecesAs(native: NativeFrame, compression: string): Uint8Array[] {
  const pieces: Uint8Array[] = []
  native.writeIpc({ write: (bytes) => pieces.push(bytes) }, compression)
  return pieces
}

/** The only column, of uint32 without nulls. */
export function numbersOf(native: NativeFrame): Uint32Array {
  if (native.height === 0) return new Uint32Array(0)
  const ipc = Buffer.concat(piecesAs(native.rechunk(), 'uncompressed'))
  return openArrow(ipc).getChildAt(0).toArray() as Uint32Array
}
