// The process that answers what collections are: a recipe may be as large as a program makes it, and is given up with the process.

import type { Outline, Recipe } from '../protocol/recipe.ts'
import { outlineOf, shapesOf } from './outline.ts'

export interface OutlineRequest {
  id: number
  recipes: readonly Recipe[]
  /** Absolute: where relative paths of files begin. */
  folder: string
  /** Tasks are counted, and what steps hold is estimated. */
  isWhole: boolean
}

export interface OutlineAnswer {
  id: number
  /** One for each recipe. */
  outlines: (Outline | undefined)[]
}

process.on('message', ({ id, recipes, folder, isWhole }: OutlineRequest) => {
  const outlines = isWhole ? recipes.map((recipe) => outlineOf(recipe, folder)) : shapesOf(recipes, folder)
  process.send?.({ id, outlines } satisfies OutlineAnswer)
})
// Whoever asks is gone.
process.on('disconnect', () => process.exit())
