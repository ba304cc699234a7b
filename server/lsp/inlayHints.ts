// Behind the names of variables that hold collections: what they are; behind numbers of axes: what these are called.

import type { Node } from 'oxc-parser'
import type { Outline } from '../../runtime/protocol/recipe.ts'
import type { ShapesOf } from '../diagnose/columnsAfterSteps.ts'
import { KIND_NAMES } from '../knowledge/api.ts'
import { extentOf } from '../knowledge/arrayExtent.ts'
import { axisUses } from '../knowledge/axisUses.ts'
import { type Origin, originOf } from '../knowledge/origin.ts'
import { Recipes } from '../knowledge/recipe.ts'
import type { Source } from '../knowledge/sources.ts'
import type { Subject } from '../knowledge/subject.ts'
import type { FileFacts } from '../metadata/fileFacts.ts'

export interface Hint {
  offset: number
  text: string
}

/** A variable that holds a collection. */
interface Holder {
  offset: number
  init: Node
  origin: Origin
}

/**
 * Hints of the variables declared in a stretch of the text.
 * @param shapesOf what the package says of collections that the text and its files do not tell of
 */
export async function inlayHints(
  subject: Subject,
  stretch: { start: number; end: number },
  factsOf: (source: Source) => Promise<FileFacts | undefined>,
  shapesOf?: ShapesOf,
): Promise<Hint[]> {
  const holders = holdersOf(subject, stretch)
  const told = await Promise.all(holders.map((holder) => toldByText(holder.origin, factsOf)))
  const asked = holders.filter(({ origin }, i) => told[i] === undefined && mayBeTold(origin))
  const shapes = shapesOf ? await shapesAfterSteps(subject, asked, shapesOf) : undefined
  const hints = holders.map((holder, i): Hint => {
    const more = told[i] ?? shapeText(shapes?.get(holder))
    return { offset: holder.offset, text: `: ${KIND_NAMES[holder.origin.kind]}${more ? ` ${more}` : ''}` }
  })
  for (const { axis, end, origin } of axisUses(subject)) {
    if (end < stretch.start || end > stretch.end) continue
    const extent = extentOf(origin, 'shape' in origin.from ? undefined : await factsOf(origin.from))
    const name = extent?.dimensions?.at(axis)
    if (name) hints.push({ offset: end, text: ` ${name}` })
  }
  return hints.sort((a, b) => a.offset - b.offset)
}

function holdersOf(subject: Subject, stretch: { start: number; end: number }): Holder[] {
  return subject.all('VariableDeclarator').flatMap(({ id, init }): Holder[] => {
    if (id.type !== 'Identifier' || id.typeAnnotation || !init) return []
    if (id.end < stretch.start || id.end > stretch.end) return []
    const origin = originOf(subject, init as Node)
    return origin ? [{ offset: id.end, init: init as Node, origin }] : []
  })
}

/** What the text and its files say of a collection beside its kind. */
async function toldByText(
  { kind, partitions, isRegrouped, source, array }: Origin,
  factsOf: (source: Source) => Promise<FileFacts | undefined>,
): Promise<string | undefined> {
  const facts = source && (await factsOf(source))
  const extent = array ? extentOf(array, facts) : facts?.array
  if (extent) return [extent.shape.join('×'), extent.dtype].filter(Boolean).join(' ')
  if (partitions !== undefined && !isRegrouped && kind !== 'delayed') return `of ${partitions} partitions`
  return facts && facts.files > 1 ? `of ${facts.files} files` : undefined
}

/** After steps that give other partitions or shapes; of what was only read the runtime is not started. */
const mayBeTold = ({ kind, isRegrouped, steps }: Origin): boolean =>
  kind === 'array' || isRegrouped === true || steps.some(({ name }) => name === 'concat')

async function shapesAfterSteps(
  subject: Subject,
  holders: readonly Holder[],
  shapesOf: ShapesOf,
): Promise<Map<Holder, Outline | undefined>> {
  const recipes = new Recipes()
  const asked = holders.flatMap((holder) => {
    const recipe = recipes.of({ subject, node: holder.init })
    return recipe ? [{ holder, recipe }] : []
  })
  const shapes = asked.length > 0 ? await shapesOf(asked.map(({ recipe }) => recipe)) : []
  return new Map(asked.map(({ holder }, i) => [holder, shapes[i]]))
}

function shapeText(outline: Outline | undefined): string | undefined {
  if (outline?.array) return [outline.array.shape.join('×'), outline.array.dtype].filter(Boolean).join(' ')
  if (outline?.partitions === undefined) return undefined
  return outline.partitions === 1 ? 'of 1 partition' : `of ${outline.partitions} partitions`
}
