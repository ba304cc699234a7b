// Callables and the modules they need: each kept once, as long as a graph or a connection may still use it and a while longer.

import { hexOf } from '../protocol/ids.ts'

export interface Callable {
  readonly number: number
  readonly digest: string
  readonly content: Uint8Array
  readonly modules: readonly string[]
  label: string
  /** Graphs that use it; none for those that are only remembered. */
  uses: number
}

/** Callables that no graph uses are remembered, up to so many and so large: the next call is often of the same function. */
const REMEMBERED_MAX = 256
const REMEMBERED_BYTES_MAX = 4e6

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
  /** Those of one digest differ in the modules that they need: functions among arguments bring theirs. */
  readonly #byDigest = new Map<string, Callable[]>()
  /** Those without uses, longest out of use first. */
  readonly #remembered = new Set<Callable>()
  #rememberedBytes = 0
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
    const known = this.#byDigest.get(digest)
    let callable = known?.find((one) => modules.every((name) => one.modules.includes(name)))
    if (!callable) {
      callable = {
        number: this.#next++,
        digest,
        content: content.slice(),
        modules: [...modules],
        label,
        uses: 0,
      }
      if (known) known.push(callable)
      else this.#byDigest.set(digest, [callable])
      this.byNumber.set(callable.number, callable)
      for (const name of modules) this.modules.get(name)!.uses++
    } else if (callable.uses === 0) {
      this.#remembered.delete(callable)
      this.#rememberedBytes -= callable.content.length
    }
    callable.uses++
    return callable.number
  }

  /** One graph fewer uses it; returns the numbers of those that are forgotten, since there are newer ones to remember. */
  release(number: number): readonly number[] {
    const callable = this.byNumber.get(number)!
    if (--callable.uses > 0) return NONE
    this.#remembered.add(callable)
    this.#rememberedBytes += callable.content.length
    if (this.#remembered.size <= REMEMBERED_MAX && this.#rememberedBytes <= REMEMBERED_BYTES_MAX) return NONE
    const forgotten: number[] = []
    for (const old of this.#remembered) {
      if (this.#remembered.size <= REMEMBERED_MAX && this.#rememberedBytes <= REMEMBERED_BYTES_MAX) break
      this.#remembered.delete(old)
      this.#rememberedBytes -= old.content.length
      this.#forget(old)
      forgotten.push(old.number)
    }
    return forgotten
  }

  #forget(callable: Callable): void {
    this.byNumber.delete(callable.number)
    const left = this.#byDigest.get(callable.digest)!.filter((one) => one !== callable)
    if (left.length > 0) this.#byDigest.set(callable.digest, left)
    else this.#byDigest.delete(callable.digest)
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

const NONE: readonly number[] = []
