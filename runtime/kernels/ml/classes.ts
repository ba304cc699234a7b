// Classes: which there are, and their places in place of their names.

import { keepsNothing, kernel } from '../kernel.ts'
import type { Column, Sample } from './block.ts'
import { MlDataError } from './mlErrors.ts'

type Label = number | string

/** The classes of one block, in rising order, and whether they are texts. */
export const classesOfBlock = keepsNothing(
  kernel('ml.classes', (_: unknown, { y }: Sample): Label[] => {
    const found = new Set<Label>()
    for (let row = 0; row < y.length; row++)
      if (row === 0 || y[row] !== y[row - 1]) found.add(y[row] as Label)
    return sortedLabels(found)
  }),
)

/** The classes of two blocks. */
export const mergeClasses = keepsNothing(
  kernel('ml.mergeClasses', (a: Label[], b: Label[]): Label[] => sortedLabels(new Set([...a, ...b]))),
)

/** @throws {MlDataError} when there are fewer than two classes: nothing can be told apart */
export function requireSeveralClasses(who: string, classes: readonly Label[]): void {
  if (classes.length < 2)
    throw new MlDataError(
      `${who} needs targets of at least 2 classes, and there is only ${JSON.stringify(classes[0] ?? null)}: give it rows of another class too`,
    )
}

/** Numbers by size, texts by code points, as NumPy's `unique`. */
function sortedLabels(labels: Set<Label>): Label[] {
  const all = [...labels]
  const kinds = new Set(all.map((label) => typeof label))
  if (kinds.size > 1) throw new MlDataError('targets mix numbers and texts: classes are one or the other')
  return kinds.has('string')
    ? (all as string[]).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    : (all as number[]).sort((a, b) => a - b)
}

/** Targets as places among `classes`; −1 for one that is none of them. */
export function classPlaces(classes: readonly Label[], cells: Column): Int32Array {
  return putPlaces(classes, cells, new Int32Array(cells.length))
}

/** Places as {@link classPlaces} gives, in an array of the caller's. */
export function putPlaces<T extends Int32Array | Float64Array>(
  classes: readonly Label[],
  cells: Column,
  made: T,
): T {
  const places = new Map(classes.map((label, place) => [label, place]))
  for (let i = 0; i < cells.length; i++) made[i] = places.get(cells[i] as Label) ?? -1
  return made
}

/** Places as the classes' names. */
export const classCells = kernel('ml.classCells', (classes: readonly Label[], places: Column): Column => {
  const numbers = places as Float64Array
  if (typeof classes[0] === 'string') return Array.from(numbers, (place) => classes[place] as string)
  return numbers.map((place) => classes[place] as number)
})
