// Names of columns, and axes, where one is being typed.

import type { ShapesOf } from '../diagnose/columnsAfterSteps.ts'
import { extentOf } from '../knowledge/arrayExtent.ts'
import { axisUses } from '../knowledge/axisUses.ts'
import { isKnownByFiles } from '../knowledge/columnOwner.ts'
import { columnUses } from '../knowledge/columnUses.ts'
import type { Modules } from '../knowledge/modules.ts'
import { recipeOf } from '../knowledge/recipe.ts'
import type { Source } from '../knowledge/sources.ts'
import { Subject } from '../knowledge/subject.ts'
import type { Column, FileFacts } from '../metadata/fileFacts.ts'

export interface ColumnChoice {
  name: string
  detail: string
  start: number
  end: number
}

/** Stands where the next letter will: text that ends in `row.` parses only with a name behind it. */
const CURSOR = 'heddleCursor'

/**
 * The columns that may be meant at an offset.
 * @param shapesOf what the package says of frames that files do not tell of
 */
export async function columnsAt(
  file: string,
  text: string,
  offset: number,
  factsOf: (source: Source) => Promise<FileFacts | undefined>,
  modules?: Modules,
  shapesOf?: ShapesOf,
): Promise<ColumnChoice[]> {
  const subject = Subject.of(file, text.slice(0, offset) + CURSOR + text.slice(offset), modules)
  const use = subject && columnUses(subject).find(({ start, end }) => start <= offset && offset < end)
  if (!use) return []
  const { source, frame, start, quoted } = use
  const end = use.end - CURSOR.length
  const facts = source && (await factsOf(source))
  const choices = (columns: readonly Column[] | undefined, from?: string): ColumnChoice[] =>
    (columns ?? [])
      .filter(({ name }) => quoted || /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name))
      .map(({ name, type }) => ({
        name,
        detail: [type, from].filter(Boolean).join(' · '),
        start,
        end,
      }))
  if (source && isKnownByFiles(use, () => facts)) return choices(facts?.columns, source.paths[0])
  const recipe = shapesOf && frame && recipeOf(frame)
  return recipe ? choices((await shapesOf([recipe]))[0]?.columns) : []
}

/** The axes that may be meant at an offset, by their numbers, with what the files call them. */
export async function axesAt(
  file: string,
  text: string,
  offset: number,
  factsOf: (source: Source) => Promise<FileFacts | undefined>,
  modules?: Modules,
): Promise<ColumnChoice[]> {
  // A number is what parses where one is being typed, alone or before what stands there.
  const typed = /-?\d*$/.exec(text.slice(0, offset))?.[0] ?? ''
  const start = offset - typed.length
  const subject = Subject.of(file, `${text.slice(0, start)}0${text.slice(offset)}`, modules)
  const use = subject && axisUses(subject).find((each) => each.start === start)
  if (!use) return []
  const { from } = use.origin
  const extent = extentOf(use.origin, 'shape' in from ? undefined : await factsOf(from))
  return (extent?.shape ?? []).map((length, axis) => ({
    name: String(axis),
    detail: [extent?.dimensions?.[axis], `${length} long`].filter(Boolean).join(' · '),
    start,
    end: offset,
  }))
}
