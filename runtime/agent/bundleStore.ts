// Files by their content below one folder, and bundles made of them. Nothing is ever there by half: written aside, checked, renamed.

import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  createReadStream,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  type BundleManifest,
  bundleDigest,
  checkDigest,
  checkManifest,
  type FileRecord,
  type MissingFile,
} from './bundle.ts'
import { StoreError, storeError } from './storeError.ts'

export class BundleStore {
  readonly #root: string

  /** @throws {StoreError} when nothing can be written there */
  constructor(root: string) {
    this.#root = root
    try {
      for (const name of ['files', 'parts', 'bundles'])
        mkdirSync(join(root, name), { recursive: true, mode: 0o700 })
    } catch (error) {
      throw storeError(root, error)
    }
  }

  folderOf(digest: string): string {
    return join(this.#root, 'bundles', digest)
  }

  /** Which of a bundle's files are not here, and how much of each is; nothing when the bundle is complete. */
  missing(manifest: BundleManifest): MissingFile[] {
    checkManifest(manifest)
    if (existsSync(this.folderOf(bundleDigest(manifest)))) return []
    const missing = new Map<string, MissingFile>()
    for (const { sha256, sizeBytes } of manifest.files) {
      if (existsSync(this.#fileOf(sha256))) continue
      const offset = Math.min(sizeBytes, statSync(this.#partOf(sha256), { throwIfNoEntry: false })?.size ?? 0)
      missing.set(sha256, { sha256, offset })
    }
    return [...missing.values()]
  }

  /** Begins a file, or goes on with one. */
  async begin(record: FileRecord): Promise<FileWriter> {
    checkDigest(record.sha256)
    return FileWriter.open(this.#root, this.#partOf(record.sha256), this.#fileOf(record.sha256), record)
  }

  /**
   * Makes the bundle's folder out of files that are all here; returns its path.
   * @throws {StoreError} when one is missing, or the folder cannot be made
   */
  commit(manifest: BundleManifest): string {
    checkManifest(manifest)
    const folder = this.folderOf(bundleDigest(manifest))
    if (existsSync(folder)) {
      const now = new Date()
      utimesSync(folder, now, now)
      return folder
    }
    const draft = join(this.#root, 'bundles', `.draft-${randomBytes(6).toString('hex')}`)
    try {
      mkdirSync(draft, { recursive: true, mode: 0o700 })
      const made = new Set<string>()
      const place = (path: string): string => {
        const to = join(draft, path)
        if (!made.has(dirname(to))) mkdirSync(dirname(to), { recursive: true, mode: 0o700 })
        made.add(dirname(to))
        return to
      }
      for (const { path, sha256, executable } of manifest.files) {
        const to = place(path)
        linkOrCopy(this.#fileOf(sha256), to)
        if (manifest.readOnly) chmodSync(to, executable ? 0o500 : 0o400)
      }
      // Last: nothing is ever written through one.
      for (const { path, target } of manifest.links ?? []) symlinkSync(target, place(path))
      renameSync(draft, folder)
    } catch (error) {
      rmSync(draft, { recursive: true, force: true })
      // Another client may have made the same one meanwhile.
      if (!existsSync(folder)) throw storeError(this.#root, error)
    }
    return folder
  }

  #fileOf(sha256: string): string {
    return join(this.#root, 'files', sha256.slice(0, 2), sha256)
  }

  #partOf(sha256: string): string {
    return join(this.#root, 'parts', sha256)
  }
}

/** Writes one file where it will not be found until it is whole. */
export class FileWriter {
  readonly #root: string
  readonly #part: string
  readonly #file: string
  readonly #record: FileRecord
  readonly #handle: FileHandle
  readonly #hash = createHash('sha256')
  #at: number

  private constructor(root: string, part: string, file: string, record: FileRecord, handle: FileHandle) {
    this.#root = root
    this.#part = part
    this.#file = file
    this.#record = record
    this.#handle = handle
    this.#at = record.offset
  }

  /** @throws {StoreError} when it cannot be written, or what is here is not as long as the sender believes */
  static async open(root: string, part: string, file: string, record: FileRecord): Promise<FileWriter> {
    const here = statSync(part, { throwIfNoEntry: false })?.size ?? 0
    if (here < record.offset)
      throw new StoreError(
        root,
        `${part} holds ${here} bytes where ${record.offset} were expected: try again`,
      )
    let handle: FileHandle
    try {
      handle = await open(part, here === 0 ? 'a+' : 'r+', 0o600)
      await handle.close()
      handle = await open(part, 'r+')
    } catch (error) {
      throw storeError(root, error)
    }
    const writer = new FileWriter(root, part, file, record, handle)
    if (record.offset > 0)
      for await (const bytes of createReadStream(part, { end: record.offset - 1 }))
        writer.#hash.update(bytes as Buffer)
    return writer
  }

  get leftBytes(): number {
    return this.#record.sizeBytes - this.#at
  }

  /** @throws {StoreError} when there is no room */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      let written = 0
      while (written < bytes.length) {
        const { bytesWritten } = await this.#handle.write(bytes, written, bytes.length - written, this.#at)
        written += bytesWritten
        this.#at += bytesWritten
      }
    } catch (error) {
      throw storeError(this.#root, error)
    }
    this.#hash.update(bytes)
  }

  /**
   * Puts the file in its place when it is what its name says.
   * @throws {StoreError} when it is not: it is then removed, since going on with it leads nowhere
   */
  async finish(): Promise<void> {
    const { sha256, sizeBytes, executable } = this.#record
    try {
      await this.#handle.truncate(sizeBytes)
      await this.#handle.close()
      const found = this.#hash.digest('hex')
      if (found !== sha256) {
        rmSync(this.#part, { force: true })
        throw new StoreError(
          this.#root,
          `a file arrived with the digest ${found} where ${sha256} was sent: try again`,
        )
      }
      if (existsSync(this.#file)) return rmSync(this.#part, { force: true })
      chmodSync(this.#part, executable ? 0o700 : 0o600)
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 })
      renameSync(this.#part, this.#file)
    } catch (error) {
      if (existsSync(this.#file)) return // Another client sent the same file meanwhile.
      throw error instanceof StoreError ? error : storeError(this.#root, error)
    }
  }

  /** Leaves what has come so far, to go on with. */
  async abandon(): Promise<void> {
    await this.#handle.close().catch(() => {})
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch (error) {
    // Some file systems have no hard links, or only so many of one file.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error
    copyFileSync(from, to)
  }
}
