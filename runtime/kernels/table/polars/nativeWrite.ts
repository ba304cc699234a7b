// Writes a native frame to a file.

import type { WrittenInMemory } from '../../bag/write.ts'
import { columnsFromIpc } from '../arrow.ts'
import type { WriteChoices, WriteFormat } from '../steps.ts'
import { writeBytes } from '../writeBytes.ts'
import { textOf } from '../writeText.ts'
import type { NativeFrame } from './native.ts'

/** polars writes binary formats; texts are written as both engines write them. */
export async function nativeWrite(
  frame: NativeFrame,
  format: WriteFormat,
  path: string,
  choices: WriteChoices,
): Promise<string | WrittenInMemory> {
  const pieces: Uint8Array[] = []
  const sink = { write: (bytes: Uint8Array): void => void pieces.push(bytes) }
  switch (format) {
    case 'parquet':
      frame.writeParquet(sink, choices.compression === 'none' ? 'uncompressed' : choices.compression)
      break
    case 'ipc':
      frame.writeIpc(sink, choices.compression === 'none' ? 'uncompressed' : choices.compression)
      break
    default: {
      const ipc: Uint8Array[] = []
      frame.writeIpc({ write: (bytes) => ipc.push(bytes) }, 'uncompressed')
      pieces.push(textOf(columnsFromIpc(Buffer.concat(ipc)), frame.height, format, choices))
    }
  }
  const isText = format === 'csv' || format === 'jsonLines'
  return writeBytes(path, pieces, isText ? choices : { ...choices, compression: 'none' })
}
