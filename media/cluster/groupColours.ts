// Which colour each group has: groups of one name share one, so that a computation run again looks the same.

import type { Groups } from './groups.ts'

/** Gives out colours in the order in which names come, and keeps them. */
export class GroupColours {
  readonly #colours: number
  readonly #byName = new Map<string, number>()
  readonly #byGroup = new Map<number, number>()

  /** @param colours how many there are before they repeat */
  constructor(colours: number) {
    this.#colours = colours
  }

  /** Colour of a group's number; unknown groups have the first. */
  of(group: number, groups: Groups): number {
    const known = this.#byGroup.get(group)
    if (known !== undefined) return known
    const place = groups.placeOf.get(group)
    if (place === undefined) return 0
    const { name } = groups.list[place]
    let colour = this.#byName.get(name)
    if (colour === undefined) {
      colour = this.#byName.size % this.#colours
      this.#byName.set(name, colour)
    }
    this.#byGroup.set(group, colour)
    return colour
  }

  /** Forgets which numbers stand for which names, e.g. when another cluster gives numbers anew. */
  renumber(): void {
    this.#byGroup.clear()
  }
}
