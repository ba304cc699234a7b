// Callables and the modules they need: each kept once, and as long as a graph or a connection may still use it.

import { hexOf } from '../protocol/ids.ts'

export interface Callable {
  readonly number: number
  readonly digest: string
  readonly content: Uint8Array
  readonly modules: readonly string[]
  label: string
  /** Graphs that use it. */
  uses: number
}

interface Module {
  readonly content: Uint8Array
  /** Connections that have sent it, and need not send it again while they last. */
  readonly owners: Set<number>
  /** Callables that need it. */
  uses: number
}

export class CallableTable {
  /** Numbers are never used again: workers remember callables by them. */
  readonly byNumber = new Map<number, Callable>()
  readonly modules = new Map<string, Module>()
  readonly #byDigest = new Map<string, Callable>()
  #next = 0

  addModule(client: number, name: string, content: Uint8Array): void {
    const known = this.modules.get(name)
    if (known) known.owners.add(client)
    else this.modules.set(name, { content: content.slice(), owners: new Set([client]), uses: 0 })
  }

  /** Names of modules that nobody has sent. */
  missingModules(names: readonly string[]): string[] {
    return names.filter((name) => !this.modules.has(name))
  }

  /** The number of a callable, which one more graph uses from now on. */
  use(
    digests: Uint8Array,
    at: number,
    content: Uint8Array,
    modules: readonly string[],
    label: string,
  ): number {
    const digest = hexOf(digests, at)
    let callable = this.#byDigest.get(digest)
    if (!callable) {
      callable = {
        number: this.#next++,
        digest,
        content: content.slice(),
        modules: [...modules],
        label,
        uses: 0,
      }
      this.#byDigest.set(digest, callable)
      this.byNumber.set(callable.number, callable)
      for (const name of modules) this.modules.get(name)!.uses++
    }
    callable.uses++
    return callable.number
  }

  release(number: number): void {
    const callable = this.byNumber.get(number)!
    if (--callable.uses > 0) return
    this.byNumber.delete(number)
    this.#byDigest.delete(callable.digest)
    for (const name of callable.modules) {
      const module = this.modules.get(name)!
      module.uses--
      this.#dropUnused(name, module)
    }
  }

  clientLeft(client: number, names: Iterable<string>): void {
    for (const name of names) {
      const module = this.modules.get(name)
      if (!module) continue
      module.owners.delete(client)
      this.#dropUnused(name, module)
    }
  }

  #dropUnused(name: string, module: Module): void {
    if (module.uses === 0 && module.owners.size === 0) this.modules.delete(name)
  }
}
