// The files of a run on this machine, mirrored on a host: below one folder, each at the path that it has here. What is there is not sent again.

import { bundleDigest } from '../agent/bundle.ts'
import type { CallName, Calls } from '../agent/requests.ts'
import { filesOfRun, type RunToMirror } from '../functions/runFiles/runFiles.ts'
import { bundleOf } from './fileBundle.ts'
import { describeFile, type LocalBundle } from './runtimeBundle.ts'

/** Where a mirror goes, and what is told of it. */
export interface MirrorHost {
  call<M extends CallName>(method: M, params: Calls[M]['params']): Promise<Calls[M]['answer']>
  putBundle(root: string, bundle: LocalBundle): Promise<{ folder: string; sentBytes: number }>
  /** The folder of heddle's files there. */
  folder: string
  notice(text: string): void
}

/** A mirror that was used within this time is still there: it is swept after days. */
const SURE_MS = 3600_000
const NOTICED_BYTES_MIN = 1e6

export class Mirror {
  readonly #host: MirrorHost
  /** Folders of bundles that are there, by digest, and since when that is known. */
  readonly #there = new Map<string, { folder: string; atMs: number }>()
  readonly #told = new Set<string>()

  constructor(host: MirrorHost) {
    this.#host = host
  }

  /**
   * Brings what a run needs.
   * @returns the folder below which it lies; nothing where the host has the run's modules already, at their own paths
   * @throws {AgentError} when there is no room
   */
  async put(run: RunToMirror, nowMs: number): Promise<string | undefined> {
    const { modules, files, links, left } = filesOfRun(run)
    if (await this.#hasAll(modules)) return undefined
    for (const { path, bytes } of left) this.#tellLeft(path, bytes)
    const bundle = bundleOf(files, links)
    const digest = bundleDigest(bundle.manifest)
    const known = this.#there.get(digest)
    if (known && nowMs - known.atMs < SURE_MS) return known.folder
    const { folder, sentBytes } = await this.#host.putBundle(`${this.#host.folder}/mirrors`, bundle)
    if (sentBytes >= NOTICED_BYTES_MIN)
      this.#host.notice(`${Math.round(sentBytes / 1e6)} MB of the run's files were brought there`)
    this.#there.set(digest, { folder, atMs: nowMs })
    return folder
  }

  async #hasAll(modules: readonly string[]): Promise<boolean> {
    if (modules.length === 0) return false
    const files = modules.map((path) => ({ path, sha256: describeFile(path).sha256 }))
    return (await this.#host.call('hasFiles', { files })).has
  }

  #tellLeft(path: string, bytes: number): void {
    if (this.#told.has(path)) return
    this.#told.add(path)
    this.#host.notice(
      `${path} (${Math.round(bytes / 1e6)} MB) is too large to be brought with a run: put it on the host, and name it by its path there`,
    )
  }
}
