// The process that answers what collections are: a recipe may be as large as a program makes it, and is given up with the process.

import type { Outline, Recipe } from '../protocol/recipe.ts'
import { outlineOf } from './outline.ts'

export interface OutlineRequest {
  id: number
  recipe: Recipe
  /** Absolute: where relative paths of files begin. */
  folder: string
}

export interface OutlineAnswer {
  id: number
  outline: Outline | undefined
}

process.on('message', ({ id, recipe, folder }: OutlineRequest) => {
  process.send?.({ id, outline: outlineOf(recipe, folder) } satisfies OutlineAnswer)
})
// Whoever asks is gone.
process.on('disconnect', () => process.exit())
