// Files in the memory of this program: for tests, notebooks, and data that never touches a disk.

import { matchesGlob } from 'node:path'
import { FileError } from './fileErrors.ts'
import type { FileFacts, FileSystem, FileWriter } from './fileSystem.ts'
import type { SourceFile } from './sourceFile.ts'

interface Kept {
  bytes: Uint8Array<ArrayBuffer>
  version: number
}

const kept = new Map<string, Kept>()
let versions = 0

/**
 * Files at `memory://` paths. They are this program's: what reads them on a worker gets their contents along with its
 * task, and what is written to them there comes back with the result.
 * @example
 * memoryFiles.write('memory://notes/a.txt', 'one\ntwo\n')
 * await bag.readText('memory://notes/*.txt').compute() // ['one', 'two']
 */
export const memoryFiles = {
  /** Writes a file, whole; a text as UTF-8. */
  write(path: string, contents: string | Uint8Array): void {
    const bytes = typeof contents === 'string' ? new TextEncoder().encode(contents) : new Uint8Array(contents)
    kept.set(checked(path), { bytes, version: ++versions })
  },

  /**
   * The contents of a file.
   * @throws {FileError} when there is none of that name
   */
  read(path: string): Uint8Array<ArrayBuffer> {
    return found(path).bytes
  },

  /** The paths that there are, or that a glob matches, in order. */
  list(pattern?: string): string[] {
    const paths = [...kept.keys()].sort()
    return pattern === undefined ? paths : paths.filter((path) => matchesGlob(path, pattern))
  },

  /** Removes a file; gives whether there was one. */
  delete(path: string): boolean {
    return kept.delete(path)
  },
}

function checked(path: string): string {
  if (/^memory:\/\/.+/.test(path)) return path
  throw new FileError(path, `${path} is no file in memory: their paths begin with memory://`)
}

function found(path: string): Kept {
  const file = kept.get(path)
  if (file) return file
  throw new FileError(
    path,
    `there is no file ${path} in this program's memory: write it first, by memoryFiles.write`,
  )
}

/** Bytes as a file to read. */
export class BytesFile implements SourceFile {
  readonly path: string
  readonly size: number
  readonly #bytes: Uint8Array<ArrayBuffer>

  constructor(path: string, bytes: Uint8Array) {
    this.path = path
    this.size = bytes.length
    // A buffer's own `slice` would give a view, and with it all the memory around it.
    this.#bytes = new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length)
  }

  async read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#bytes.slice(start, end)
  }

  async *chunks(start: number, end = this.size): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    if (end > start) yield this.#bytes.subarray(start, end)
  }

  async close(): Promise<void> {}
}

const factsOf = (path: string): FileFacts => {
  const { bytes, version } = found(path)
  return { path, size: bytes.length, version: String(version), ranges: true }
}

/** What readers and writers see of `memoryFiles`. */
export const memoryFileSystem: FileSystem = {
  facts: async (path) => factsOf(path),
  list: async (pattern) => memoryFiles.list(pattern).map(factsOf),
  open: async (path) => new BytesFile(path, found(path).bytes),
  create: async (path) => new MemoryWriter(checked(path)),
  below: async (folder) => memoryFiles.list().filter((path) => path.startsWith(folder)),
  async move(from, to) {
    memoryFiles.write(to, memoryFiles.read(from))
    memoryFiles.delete(from)
  },
  async remove(path) {
    memoryFiles.delete(path)
  },
}

class MemoryWriter implements FileWriter {
  readonly #path: string
  #pieces: Uint8Array[] = []

  constructor(path: string) {
    this.#path = path
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#pieces.push(new Uint8Array(bytes))
  }

  async commit(): Promise<void> {
    memoryFiles.write(this.#path, Buffer.concat(this.#pieces))
  }

  async abandon(): Promise<void> {
    this.#pieces = []
  }
}
