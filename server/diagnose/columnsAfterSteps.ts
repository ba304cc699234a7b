// Columns that a data frame does not have after its steps, by what the package says of it: where the files alone do not tell.

import type { Outline, Recipe } from '../../runtime/protocol/recipe.ts'
import type { Span } from '../facts/documentFacts.ts'
import { isKnownByFiles } from '../knowledge/columnOwner.ts'
import type { ColumnUse } from '../knowledge/columnUses.ts'
import { Recipes } from '../knowledge/recipe.ts'
import type { Source } from '../knowledge/sources.ts'
import type { Subject } from '../knowledge/subject.ts'
import type { FileFacts } from '../metadata/fileFacts.ts'
import { columnFinding } from './columns.ts'
import type { Finding } from './finding.ts'

/** A name of a column, with how its frame is made. */
export interface AskedUse extends Span {
  name: string
  frame: Recipe
  /** The step that names it; nothing where a part of it is not written out, or where only its function does: that is not called. */
  step: Recipe | undefined
}

/** What the package says of recipes: nothing where it refuses them, or does not answer. */
export type ShapesOf = (recipes: readonly Recipe[]) => Promise<readonly (Outline | undefined)[]>

/** The uses that files do not tell of, as plain data. */
export function usesToAsk(
  subject: Subject,
  uses: readonly ColumnUse[],
  factsOf: (source: Source) => FileFacts | undefined,
): AskedUse[] {
  const recipes = new Recipes()
  return uses.flatMap((use): AskedUse[] => {
    const { name, start, end, step, isCertain, isOfRow } = use
    if (!use.frame || !isCertain || isKnownByFiles(use, factsOf)) return []
    const frame = recipes.of(use.frame)
    if (!frame) return []
    return [{ name, start, end, frame, step: isOfRow ? undefined : recipes.of({ subject, node: step }) }]
  })
}

export async function findingsAfterSteps(uses: readonly AskedUse[], shapesOf: ShapesOf): Promise<Finding[]> {
  if (uses.length === 0) return []
  const frames = await shapesOf(uses.map(({ frame }) => frame))
  const missing = uses.flatMap((use, i) => {
    const columns = frames[i]?.columns?.map(({ name }) => name)
    return columns && columns.length > 0 && !columns.includes(use.name) ? [{ ...use, columns }] : []
  })
  // What the package takes is right, whatever is thought of it here.
  const steps = missing.flatMap(({ step }) => step ?? [])
  const taken = new Set<Recipe>()
  if (steps.length > 0) {
    const shapes = await shapesOf(steps)
    for (const [i, step] of steps.entries()) if (shapes[i]) taken.add(step)
  }
  const seen = new Set<number>()
  return missing.flatMap((use): Finding[] => {
    // What two frames have to have may be missing in both.
    if ((use.step && taken.has(use.step)) || seen.has(use.start)) return []
    seen.add(use.start)
    return [columnFinding(use, 'The data frame', use.columns)]
  })
}
