// A file to read, wherever it lies. What readers use, and nothing else.

import { fileSystemOf, type StorageOptions } from './fileSystem.ts'
import { BytesFile } from './memoryFile.ts'

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

/** A file as it was when the work was planned: path, bytes (−1 not known), version, and what else opening it takes. */
export interface PlannedFile {
  path: string
  size: number
  version: string
  storage?: StorageOptions | undefined
  /** The contents themselves, of a file in the memory of the program that planned. */
  contents?: Uint8Array | undefined
}

/**
 * Opens a file for reading.
 * @throws {FileError} when it is not there, may not be read, or is another than planned
 */
export async function openFile(file: PlannedFile): Promise<SourceFile> {
  if (file.contents) return new BytesFile(file.path, file.contents)
  const system = await fileSystemOf(file.path, file.storage)
  return system.open(file.path, file.size, file.version)
}

/**
 * All bytes of a file.
 * @throws {MissingFileError} when it is not there
 * @throws {FileError} when it may not be read, or breaks off
 */
export async function wholeFile(planned: PlannedFile): Promise<Uint8Array<ArrayBuffer>> {
  const file = await openFile(planned)
  try {
    const pieces: Uint8Array[] = []
    for await (const piece of file.chunks(0)) pieces.push(piece)
    return new Uint8Array(Buffer.concat(pieces))
  } finally {
    await file.close()
  }
}
