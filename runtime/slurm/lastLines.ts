// The end of a job's output.

import { open } from 'node:fs/promises'

/** Of a line, on the average. */
const LINE_BYTES = 800
const LINES = 5

/** The last lines of a file; none when it is not there (yet): shared file systems take their time. */
export async function lastLines(file: string, count = LINES): Promise<string[]> {
  try {
    const handle = await open(file, 'r')
    try {
      const { size } = await handle.stat()
      const length = Math.min(size, count * LINE_BYTES)
      const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length)
      const lines = buffer
        .toString()
        .split('\n')
        .filter((line) => line.trim() !== '')
      return lines.slice(-count)
    } finally {
      await handle.close()
    }
  } catch {
    return []
  }
}
