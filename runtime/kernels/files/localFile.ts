// Files of this machine.

import { randomUUID } from 'node:crypto'
import { type FileHandle, glob, mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { FileChangedError, FileError, fileErrorOf } from './fileErrors.ts'
import type { FileFacts, FileSystem, FileWriter } from './fileSystem.ts'
import type { SourceFile } from './sourceFile.ts'
import { stagedPath } from './writtenPlace.ts'

/**
 * How many bytes a piece has: text made of it, and the piece itself, stay below the sizes from which V8 and the system
 * map memory afresh for each, which more than doubled the time of reading JSON lines.
 */
const PIECE_BYTES = 96 * 1024

/** Files of this machine's disks. */
export const localFiles: FileSystem = {
  facts: factsOf,
  async list(pattern) {
    const found: Promise<FileFacts>[] = []
    for await (const entry of glob(pattern, { withFileTypes: true }))
      if (!entry.isDirectory()) found.push(factsOf(join(entry.parentPath, entry.name)))
    return Promise.all(found)
  },
  open: openLocalFile,
  create: (path, staging) => LocalWriter.begin(path, staging),
  below: filesBelow,
  move: (from, to) => onDisk(to, () => rename(from, to)),
  async remove(path, folder) {
    await onDisk(path, () => rm(path, { force: true }))
    // A folder that has something else stays, and with it those around it.
    for (let at = dirname(path); at.length > folder.length; at = dirname(at))
      if (
        !(await rmdir(at).then(
          () => true,
          () => false,
        ))
      )
        break
  },
}

async function filesBelow(folder: string, depth: number): Promise<string[]> {
  const found: string[] = []
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return []
    throw fileErrorOf(folder, cause)
  })
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (!entry.isDirectory()) found.push(path)
    else if (depth > 0 || entry.name.includes('=')) found.push(...(await filesBelow(path, depth - 1)))
  }
  return found
}

async function factsOf(path: string): Promise<FileFacts> {
  try {
    const facts = await stat(path)
    if (facts.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' })
    return { path, size: facts.size, version: String(facts.mtimeMs), ranges: true }
  } catch (cause) {
    throw fileErrorOf(path, cause)
  }
}

/** @throws {FileError} when the file cannot be opened, or has fewer bytes than were planned */
async function openLocalFile(path: string, plannedSize: number): Promise<SourceFile> {
  let handle: FileHandle
  try {
    handle = await open(path, 'r')
  } catch (cause) {
    throw fileErrorOf(path, cause)
  }
  try {
    const stat = await handle.stat()
    if (stat.isDirectory()) throw fileErrorOf(path, Object.assign(new Error('a folder'), { code: 'EISDIR' }))
    if (stat.size < plannedSize) throw shrunk(path, plannedSize, stat.size)
    return new LocalFile(path, stat.size, handle)
  } catch (error) {
    await handle.close()
    throw error
  }
}

function shrunk(path: string, planned: number, now: number): FileChangedError {
  return new FileChangedError(
    path,
    `${path} became shorter while it was read: it had ${planned} bytes and has ${now}. Run again once nothing writes to it.`,
  )
}

class LocalFile implements SourceFile {
  readonly path: string
  readonly size: number
  readonly #handle: FileHandle

  constructor(path: string, size: number, handle: FileHandle) {
    this.path = path
    this.size = size
    this.#handle = handle
  }

  async read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(end - start)
    let filled = 0
    while (filled < bytes.length) {
      const { bytesRead } = await this.#readInto(bytes, filled, start + filled)
      if (bytesRead === 0) throw shrunk(this.path, end, start + filled)
      filled += bytesRead
    }
    return bytes
  }

  async *chunks(start: number, end = this.size): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const piece = (at: number): Promise<Uint8Array<ArrayBuffer>> | undefined => {
      if (at >= end) return undefined
      const reading = this.read(at, Math.min(end, at + PIECE_BYTES))
      // Nobody may ask for it any more: then its failure is nobody's either.
      reading.catch(() => {})
      return reading
    }
    // The next piece is read while this one is worked on.
    let next = piece(start)
    for (let at = start; next; ) {
      const bytes = await next
      at += PIECE_BYTES
      next = piece(at)
      yield bytes
    }
  }

  close(): Promise<void> {
    return this.#handle.close()
  }

  async #readInto(bytes: Uint8Array, filled: number, at: number): Promise<{ bytesRead: number }> {
    try {
      return await this.#handle.read(bytes, filled, bytes.length - filled, at)
    } catch (cause) {
      throw fileErrorOf(this.path, cause)
    }
  }
}

/** Writes under a temporary name beside the file, so that nobody ever sees half of it. */
class LocalWriter implements FileWriter {
  readonly #path: string
  readonly #temporary: string
  readonly #name: string
  readonly #handle: FileHandle

  private constructor(path: string, temporary: string, name: string, handle: FileHandle) {
    this.#path = path
    this.#temporary = temporary
    this.#name = name
    this.#handle = handle
  }

  static async begin(path: string, staging: string | undefined): Promise<LocalWriter> {
    const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`
    return onDisk(path, async () => {
      await mkdir(dirname(path), { recursive: true })
      const name = staging === undefined ? path : stagedPath(path, staging)
      return new LocalWriter(path, temporary, name, await open(temporary, 'wx'))
    })
  }

  async write(bytes: Uint8Array): Promise<void> {
    // `write` may take less than it was given; `writeFile` of a handle goes on until all is written.
    await onDisk(this.#path, () => this.#handle.writeFile(bytes))
  }

  async commit(): Promise<void> {
    await onDisk(this.#path, async () => {
      await this.#handle.close()
      await rename(this.#temporary, this.#name)
    })
  }

  async abandon(): Promise<void> {
    await this.#handle.close().catch(() => {})
    await rm(this.#temporary, { force: true })
  }
}

async function onDisk<R>(path: string, act: () => Promise<R>): Promise<R> {
  try {
    return await act()
  } catch (cause) {
    throw writeErrorOf(path, cause as Error)
  }
}

function writeErrorOf(path: string, cause: Error): FileError {
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'ENOSPC') return new FileError(path, `${path} cannot be written: the disk is full`, cause)
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new FileError(path, `${path} may not be written by this user: choose another folder`, cause)
  if (code === 'EISDIR')
    return new FileError(path, `${path} cannot be written: there is a folder of that name`, cause)
  if (code === 'ENOTDIR' || code === 'EEXIST')
    return new FileError(path, `${path} cannot be written: a part of its path is a file, not a folder`, cause)
  return fileErrorOf(path, cause)
}
