// What collections were told to be, by their recipes: each is asked about once, until one of its files changes.

import type { Outline, Recipe } from '../../runtime/protocol/recipe.ts'
import { type RecipeId, recipeId } from './recipeIds.ts'

/** What is remembered; those that were asked for longest ago go first. */
const SHAPES_MAX = 5000

interface Known {
  /** Of its files, as they were. */
  stamp: unknown
  shape: Outline | undefined
  /** Ends when the answer is there, or will not come. */
  asked: Promise<void> | undefined
  /** How often the process ended instead: perhaps of something else. */
  ends: number
}

/** As many times the same is asked. */
const ENDS_MAX = 2
const UNANSWERED = Symbol('unanswered')

export interface Shapes {
  /** One for each recipe; nothing where it is not known, or not yet. */
  shapes: readonly (Outline | undefined)[]
  /** Ends when those are known that were not yet. */
  late: Promise<unknown> | undefined
}

/** Asks the runtime; it gives nothing at all where its process ended. */
export type AskShapes = (
  recipes: readonly Recipe[],
  folder: string,
) => Promise<readonly (Outline | undefined)[] | undefined>

/** The same for as long as the files are as they were. */
export type StampOf = (paths: readonly string[], folder: string) => Promise<unknown>

export class KnownShapes {
  readonly #ask: AskShapes
  readonly #stampOf: StampOf
  readonly #known = new Map<string, Known>()

  constructor(ask: AskShapes, stampOf: StampOf) {
    this.#ask = ask
    this.#stampOf = stampOf
  }

  /**
   * @param folder absolute: where relative paths of files begin
   * @param waitMs for answers; with what is not known by then it goes on without
   */
  async of(recipes: readonly Recipe[], folder: string, waitMs: number): Promise<Shapes> {
    const ids = recipes.map(recipeId)
    const entries = await this.#entries(recipes, ids, folder)
    const asked = [...new Set(entries.flatMap((entry) => entry?.asked ?? []))]
    if (asked.length > 0) await within(Promise.all(asked), waitMs)
    const late = entries.flatMap((entry) => entry?.asked ?? [])
    return {
      shapes: entries.map((entry) => entry?.shape),
      late: late.length > 0 ? Promise.all(late) : undefined,
    }
  }

  async #entries(
    recipes: readonly Recipe[],
    ids: readonly (RecipeId | undefined)[],
    folder: string,
  ): Promise<(Known | undefined)[]> {
    const stamps = new Map<readonly string[], unknown>()
    for (const id of ids)
      if (id && id.paths.length > 0 && !stamps.has(id.paths))
        stamps.set(id.paths, await this.#stampOf(id.paths, folder))
    const unknown: { recipe: Recipe; entry: Known }[] = []
    const entries = ids.map((id, i) => {
      if (!id) return undefined
      const key = `${id.id} ${folder}`
      const stamp = stamps.get(id.paths)
      let entry = this.#known.get(key)
      if (!entry || entry.stamp !== stamp) {
        entry = { stamp, shape: undefined, asked: undefined, ends: entry?.ends ?? 0 }
        unknown.push({ recipe: recipes[i], entry })
      }
      this.#known.delete(key)
      this.#known.set(key, entry)
      return entry
    })
    for (const key of this.#known.keys()) {
      if (this.#known.size <= SHAPES_MAX) break
      this.#known.delete(key)
    }
    if (unknown.length > 0) this.#askAbout(unknown, folder)
    return entries
  }

  #askAbout(unknown: readonly { recipe: Recipe; entry: Known }[], folder: string): void {
    const answered = this.#ask(
      unknown.map(({ recipe }) => recipe),
      folder,
    ).then((shapes) => {
      unknown.forEach(({ entry }, i) => {
        entry.asked = undefined
        entry.shape = shapes?.[i]
        if (!shapes && ++entry.ends < ENDS_MAX) entry.stamp = UNANSWERED
      })
    })
    for (const { entry } of unknown) entry.asked = answered
  }
}

async function within(done: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([done, late])
  clearTimeout(timer)
}
