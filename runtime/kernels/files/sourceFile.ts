// A file to read, wherever it lies: local disk or http(s). What readers use, and nothing else.

import { openHttpFile } from './httpFile.ts'
import { openLocalFile } from './localFile.ts'

export interface SourceFile {
  readonly path: string
  /** Bytes; absent where a server does not say. */
  readonly size: number | undefined
  /** Bytes `start` to `end`, all of them. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>
  /** Bytes from `start`, up to `end` or all that there are, in pieces. */
  chunks(start: number, end?: number): AsyncIterable<Uint8Array<ArrayBuffer>>
  close(): Promise<void>
}

/** Whether a path names something on the web rather than a file of this machine. */
export const isRemote = (path: string): boolean => /^https?:\/\//i.test(path)

/**
 * Opens a file for reading.
 * @param plannedSize its size when the work was planned, −1 where that was not known
 * @throws {FileError} when it is not there, may not be read, or has become shorter
 */
export function openFile(path: string, plannedSize: number): Promise<SourceFile> {
  return isRemote(path) ? openHttpFile(path) : openLocalFile(path, plannedSize)
}
