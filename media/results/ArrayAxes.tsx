// Which axes of an array are drawn, and a slider for the place along each other one.

import type { JSX } from 'preact'
import { type ArrayView, isLine, wholeOf } from './arrayView.ts'

export function ArrayAxes({
  shape,
  steps,
  view,
  onView,
}: {
  shape: readonly number[]
  /** How far apart places are that can be looked at. */
  steps: readonly number[]
  view: ArrayView
  onView(view: ArrayView): void
}): JSX.Element {
  const line = isLine(view)
  const axes = shape.map((_, axis) => axis)
  const others = axes.filter((axis) => axis !== view.columns && axis !== view.rows)
  /** Two directions never share an axis: the other one takes what is given up. */
  const choose = (direction: 'rows' | 'columns', axis: number): void => {
    const other = direction === 'rows' ? 'columns' : 'rows'
    const next = line
      ? { rows: axis, columns: axis }
      : { [direction]: axis, ...(view[other] === axis && { [other]: view[direction] }) }
    onView(wholeOf(shape, { ...view, ...next }))
  }
  const choice = (direction: 'rows' | 'columns', words: string): JSX.Element => (
    <label>
      {words}{' '}
      <select
        value={view[direction]}
        onChange={(event) => choose(direction, Number(event.currentTarget.value))}
      >
        {axes.map((axis) => (
          <option key={axis} value={axis} selected={axis === view[direction]}>
            axis {axis} ({shape[axis]})
          </option>
        ))}
      </select>
    </label>
  )
  return (
    <>
      {!line && shape.length > 2 && choice('rows', 'down')}
      {(line || shape.length > 2) && choice('columns', line ? 'along' : 'right')}
      {others.map((axis) => (
        <label key={axis} class="place">
          axis {axis}{' '}
          <input
            type="range"
            min={0}
            max={shape[axis] - 1}
            step={steps[axis]}
            value={view.places[axis]}
            aria-label={`Place along axis ${axis}`}
            onInput={(event) => {
              const to = Number(event.currentTarget.value)
              onView({ ...view, places: view.places.map((each, i) => (i === axis ? to : each)) })
            }}
          />{' '}
          <output>{view.places[axis]}</output>
        </label>
      ))}
    </>
  )
}
