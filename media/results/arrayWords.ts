// What is said of an array in words: its figures, how much of it is drawn, and what is pointed at. Pure.

import type { ArrayDisplay, ArrayFigures } from '../../runtime/protocol/runs.ts'
import { count } from '../cluster/quantity.ts'
import { MARKS, type Plane } from './arrayPlane.ts'
import { type ArrayView, isLine, isZoomed } from './arrayView.ts'
import { shortNumber } from './elementText.ts'

const sizeOf = (lengths: readonly number[]): number => lengths.reduce((all, length) => all * length, 1)

/** @example titleOf({ dtype: 'float64', shape: [3, 4] }) // 'float64, 3 × 4' */
export const titleOf = ({ dtype, shape }: Pick<ArrayDisplay, 'dtype' | 'shape'>): string =>
  `${dtype}, ${shape.join(' × ')}`

/** Figures of all elements. */
export function figuresText({ dtype, shape, figures }: ArrayDisplay): string {
  if (!figures) return 'no element is a finite number'
  if (dtype === 'bool') {
    const size = sizeOf(shape)
    return `${count(Math.round(figures.mean * size))} of ${count(size)} true`
  }
  const { min, max } = boundsOf(dtype, figures)
  const what = dtype.startsWith('complex') ? 'absolute values ' : ''
  const said = [`${what}from ${min} to ${max}, ${shortNumber(figures.mean)} on average`]
  const { missing, infinite = { positive: 0, negative: 0 } } = figures
  const nan = missing - infinite.positive - infinite.negative
  if (nan > 0) said.push(`${count(nan)} NaN`)
  if (infinite.positive > 0) said.push(`${count(infinite.positive)} ∞`)
  if (infinite.negative > 0) said.push(`${count(infinite.negative)} −∞`)
  return said.join(' · ')
}

/** The least and the most as they are written. */
export function boundsOf(
  dtype: string,
  { min, max, exact }: Pick<ArrayFigures, 'min' | 'max' | 'exact'>,
): { min: string; max: string } {
  if (dtype === 'bool') return { min: String(min !== 0), max: String(max !== 0) }
  if (min > max) return { min: '', max: '' }
  return exact ?? { min: shortNumber(min), max: shortNumber(max) }
}

/** What stands beside the scale of a heat map: what is no finite number, as far as there is any. */
export function marksOf(figures: ArrayFigures | undefined): {
  text: string
  colour: readonly [number, number, number]
}[] {
  if (!figures) return [{ text: 'not finite', colour: MARKS.nan }]
  const { missing, infinite = { positive: 0, negative: 0 } } = figures
  const many = [missing - infinite.positive - infinite.negative, infinite.positive, infinite.negative]
  return [
    { text: 'NaN', colour: MARKS.nan },
    { text: '∞', colour: MARKS.positive },
    { text: '−∞', colour: MARKS.negative },
  ].filter((_, i) => many[i] > 0)
}

/** How much of what is in view is drawn, where that is not all, and what is in view where that is not all there is. */
export function drawnText(shape: readonly number[], view: ArrayView, plane: Plane): string {
  const { rows, columns, down, right } = view
  const line = isLine(view)
  const said: string[] = []
  const axes = line ? [columns] : [rows, columns]
  const seen = axes.map((axis) => (axis === columns && (line || axis !== rows) ? right : down))
  if (isZoomed(shape, view))
    said.push(
      axes
        .map((axis, i) => `${count(seen[i].from)} to ${count(seen[i].to - 1)} along axis ${axis}`)
        .join(', '),
    )
  const steps = line ? [plane.step.column] : [plane.step.row, plane.step.column]
  if (plane.most) said.push(`the least and the most of each ${count(steps[0])} elements`)
  else {
    const thinned = axes.flatMap((axis, i) =>
      steps[i] > 1 ? [`one in ${count(steps[i])} along axis ${axis}`] : [],
    )
    if (thinned.length > 0) said.push(`drawn is ${thinned.join(', ')}`)
  }
  return said.join(' · ')
}

/** What is pointed at, with its place in the whole array. */
export function pointedText(view: ArrayView, plane: Plane, at: { row: number; column: number }): string {
  const { rows, columns, places } = view
  const line = isLine(view)
  const y = line ? 0 : Math.floor((at.row - plane.from.row) / plane.step.row)
  const x = Math.floor((at.column - plane.from.column) / plane.step.column)
  if (y < 0 || y >= plane.height || x < 0 || x >= plane.width) return ''
  const [row, column] = [plane.from.row + y * plane.step.row, plane.from.column + x * plane.step.column]
  const here = places.map((place, axis) => {
    if (axis !== columns) return !line && axis === rows ? row : place
    return plane.most ? `${column}:${Math.min(column + plane.step.column, view.right.to)}` : column
  })
  const index = y * plane.width + x
  const text = plane.most
    ? Number.isFinite(plane.values[index])
      ? `${shortNumber(plane.values[index])} to ${shortNumber(plane.most[index])}`
      : 'no finite number'
    : plane.textAt(index).replace('-Infinity', '−∞').replace('Infinity', '∞')
  return `[${here.join(', ')}] = ${text}`
}
