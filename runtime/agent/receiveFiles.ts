// Takes an upload apart: a line of JSON before each file, then its bytes; every file goes to the store.

import type { FileRecord } from './bundle.ts'
import type { BundleStore, FileWriter } from './bundleStore.ts'

const LINE_BYTES_MAX = 4096
const NEWLINE = 10

/**
 * Reads until the upload ends; what was cut off is kept to go on with.
 * @returns how many files arrived whole
 * @throws {StoreError} {@link BundleError}
 */
export async function receiveFiles(upload: AsyncIterable<Buffer>, store: BundleStore): Promise<number> {
  let line: Buffer = Buffer.alloc(0)
  let writer: FileWriter | undefined
  let files = 0
  const finishIfWhole = async (): Promise<void> => {
    if (writer?.leftBytes !== 0) return
    const whole = writer
    writer = undefined
    await whole.finish()
    files++
  }
  try {
    for await (const chunk of upload) {
      let rest = chunk
      while (rest.length > 0) {
        if (writer) {
          const taken = rest.subarray(0, writer.leftBytes)
          rest = rest.subarray(taken.length)
          await writer.write(taken)
        } else {
          const end = rest.indexOf(NEWLINE)
          line = Buffer.concat([line, end < 0 ? rest : rest.subarray(0, end)])
          if (line.length > LINE_BYTES_MAX) throw new Error('an upload holds a line that is none of ours')
          rest = end < 0 ? rest.subarray(rest.length) : rest.subarray(end + 1)
          if (end < 0) continue
          writer = await store.begin(JSON.parse(line.toString()) as FileRecord)
          line = Buffer.alloc(0)
        }
        await finishIfWhole()
      }
    }
    return files
  } finally {
    await writer?.abandon()
  }
}
