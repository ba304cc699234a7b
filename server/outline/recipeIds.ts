// Recipes by their contents: two that are written alike have the same id, whichever text they come from.

import { createHash } from 'node:crypto'
import type { Recipe } from '../../runtime/protocol/recipe.ts'

export interface RecipeId {
  id: string
  /** All files that it reads, as they are named. */
  paths: readonly string[]
}

type Known = RecipeId & { depth: number }

/** More steps inside each other than these are not sent. */
const DEPTH_MAX = 600
const NO_PATHS: readonly string[] = []

const ids = new WeakMap<Recipe, Known>()

/** Nothing of one that is nested too deeply. */
export function recipeId(recipe: Recipe): RecipeId | undefined {
  const known = idOf(recipe)
  return known.depth > DEPTH_MAX ? undefined : known
}

/** Each part is gone through once, however many recipes have it. */
function idOf(recipe: Recipe): Known {
  const known = ids.get(recipe)
  if (known) return known
  const parts = partsOf(recipe).map(idOf)
  const hash = createHash('sha1').update(JSON.stringify(ownText(recipe)))
  let [depth, paths] = [0, recipe.kind === 'files' ? recipe.paths : NO_PATHS]
  for (const part of parts) {
    hash.update(part.id)
    depth = Math.max(depth, part.depth)
    paths = together(paths, part.paths)
  }
  const made = { id: hash.digest('base64'), paths, depth: depth + 1 }
  ids.set(recipe, made)
  return made
}

function partsOf(recipe: Recipe): readonly Recipe[] {
  switch (recipe.kind) {
    case 'value':
    case 'function':
    case 'heddle':
    case 'files':
      return []
    case 'list':
      return recipe.items
    case 'record':
      return recipe.entries.map((entry) => ('kind' in entry ? entry : entry[1]))
    case 'new':
      return recipe.args
    case 'spread':
    case 'member':
      return [recipe.of]
    case 'method':
      return [recipe.of, ...recipe.args]
    case 'call':
      return [recipe.fn, ...recipe.args]
    default:
      return recipe satisfies never
  }
}

/** What it says beside its parts. */
function ownText(recipe: Recipe): unknown[] {
  const { kind } = recipe
  switch (kind) {
    case 'value':
      return [kind, typeof recipe.value, Object.is(recipe.value, -0) ? '-0' : String(recipe.value)]
    case 'function':
      return [kind, recipe.parameters]
    case 'files':
      return [kind, recipe.paths]
    case 'heddle':
    case 'new':
    case 'member':
    case 'method':
      return [kind, recipe.name]
    case 'record':
      return [kind, recipe.entries.map((entry) => ('kind' in entry ? null : entry[0]))]
    case 'list':
    case 'spread':
    case 'call':
      return [kind]
    default:
      return recipe satisfies never
  }
}

/** The same list where one of them has all. */
function together(some: readonly string[], others: readonly string[]): readonly string[] {
  if (others.every((path) => some.includes(path))) return some
  if (some.every((path) => others.includes(path))) return others
  return [...new Set([...some, ...others])]
}
