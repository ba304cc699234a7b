// The folder where a worker keeps modules for its lanes: what came, and what did not come and why.
//
// A lane that lacks something waits inside an import, where nothing can reach it by message: the counter in shared
// memory wakes it, and the folder says what became of its wish.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { LockedPackage } from '../functions/packages/packageLock.ts'
import { download } from './registryDownload.ts'

/** What a lane asks its worker for. */
export type LaneWish =
  /** Something of the program's, told of by the module `of`. */
  | { kind: 'want'; name: string; of: string }
  /** A package of a registry. */
  | { kind: 'download'; name: string; locked: LockedPackage }

export class ModuleFolder {
  readonly path: string
  /** Goes up whenever something came, or did not. */
  readonly arrivals = new SharedArrayBuffer(4)
  readonly #wished = new Set<string>()

  constructor(path: string) {
    this.path = path
    mkdirSync(path, { recursive: true, mode: 0o700 })
  }

  write(names: readonly string[], contents: Uint8Array, offsets: Uint32Array): void {
    for (let i = 0; i < names.length; i++)
      this.#write(names[i], contents.subarray(offsets[i], offsets[i + 1]))
    this.#tell(names)
  }

  /** Nobody can give these. */
  refuse(names: readonly string[], reason: string): void {
    for (const name of names) this.#write(missing(name), Buffer.from(reason))
    this.#tell(names)
  }

  /** A lane waits for something: `ask` passes what is the program's on to the scheduler, once for all lanes. */
  wish(wish: LaneWish, ask: (of: string, name: string) => void): void {
    const { name } = wish
    if (this.#wished.has(name)) return
    if (existsSync(join(this.path, name))) {
      this.#tell([])
      return
    }
    this.#wished.add(name)
    if (wish.kind === 'want') ask(wish.of, name)
    else
      download(wish.locked).then(
        (bytes) => this.write([name], bytes, Uint32Array.of(0, bytes.length)),
        (error: Error) => this.refuse([name], error.message),
      )
  }

  #write(name: string, content: Uint8Array): void {
    writeFileSync(join(this.path, basename(name)), content)
  }

  #tell(names: readonly string[]): void {
    for (const name of names) this.#wished.delete(name)
    const counter = new Int32Array(this.arrivals)
    Atomics.add(counter, 0, 1)
    Atomics.notify(counter, 0)
  }
}

/** Longer, and whoever should answer is taken to be busy for good. */
const PATIENCE_MS = 120_000

/**
 * Waits, in a lane, for what `wish` asks for; gives its content.
 * @throws {Error} with the reason that nobody can give it
 */
export function waitFor(
  folder: string,
  arrivals: SharedArrayBuffer,
  name: string,
  wish: () => void,
): Uint8Array {
  const file = join(folder, name)
  const counter = new Int32Array(arrivals)
  rmSync(join(folder, missing(name)), { force: true })
  const until = performance.now() + PATIENCE_MS
  for (let asked = false; ; asked = true) {
    const seen = Atomics.load(counter, 0)
    if (existsSync(file)) return readFileSync(file)
    if (asked && existsSync(join(folder, missing(name))))
      throw new Error(readFileSync(join(folder, missing(name)), 'utf8'))
    if (!asked) wish()
    else if (performance.now() > until) throw new Error('nobody has sent it within two minutes')
    else Atomics.wait(counter, 0, seen, 1000)
  }
}

const missing = (name: string): string => `${basename(name)}.missing`
