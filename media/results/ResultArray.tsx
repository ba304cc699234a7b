// An array of numbers: as a heat map, a line, a distribution or text, at any place along its other axes.

import type { JSX } from 'preact'
import { useMemo, useRef, useState } from 'preact/hooks'
import type { ArrayDisplay } from '../../runtime/protocol/runs.ts'
import { count } from '../cluster/quantity.ts'
import type { Surroundings } from '../feed/surroundings.ts'
import { IconButton } from '../frame/IconButton.tsx'
import { usePalette } from '../frame/palette.ts'
import { pngOf } from '../frame/pngOf.ts'
import { ScrollRegion } from '../frame/ScrollRegion.tsx'
import { Distribution, HeatMap, LinePlot, type PlanePlace } from './ArrayPicture.tsx'
import {
  type Elements,
  elementsOf,
  firstView,
  type PlaneView,
  planeCsv,
  planeOf,
  shortNumber,
} from './arrayPlane.ts'

const LOOKS = { map: 'Heat map', line: 'Line', distribution: 'Distribution', text: 'Text' } as const
type Look = keyof typeof LOOKS

export function ResultArray({
  display,
  save,
}: {
  display: ArrayDisplay
  save: Surroundings['save']
}): JSX.Element {
  const elements = useMemo(() => elementsOf(display), [display])
  const flat = elements.shape.length === 1
  const [look, setLook] = useState<Look>(flat ? 'line' : 'map')
  const [view, setView] = useState<PlaneView>(() => firstView(elements))
  const [place, setPlace] = useState<PlanePlace>()
  const palette = usePalette()
  const canvas = useRef<HTMLCanvasElement>(null)
  const asLine = look === 'line' || flat
  const shown = asLine ? { ...view, rows: view.columns } : view
  const { figures, shape, dtype } = display
  const plane = useMemo(() => planeOf(elements, shown), [elements, view, asLine])
  // One colour means one number, wherever along the other axes.
  const coloured = useMemo(
    () => ({ ...plane, ...(figures && { min: figures.min, max: figures.max }) }),
    [plane],
  )
  const title = `${dtype}, ${shape.join(' × ')}`
  const label = `${LOOKS[look]} of ${title}`
  const thinned = elements.steps.some((step) => step > 1)
  const savePicture = async (): Promise<void> => {
    save('array.png', await pngOf([{ canvas: canvas.current! }], palette))
  }
  return (
    <div class="result-array">
      <div class="array-tools">
        <fieldset class="looks">
          <legend class="visually-hidden">How it is shown</legend>
          {Object.entries(LOOKS).map(([name, words]) =>
            (name === 'map' && flat) || (name === 'distribution' && !figures) ? null : (
              <button
                key={name}
                type="button"
                class={`icon-button${look === name ? ' pressed' : ''}`}
                aria-pressed={look === name}
                onClick={() => setLook(name as Look)}
              >
                {words}
              </button>
            ),
          )}
        </fieldset>
        {(look === 'map' || look === 'line') && !flat && (
          <Axes elements={elements} display={display} view={view} line={asLine} onView={setView} />
        )}
        <span class="spring" />
        {look !== 'text' && (
          <IconButton sign="save" label="Save as PNG" showLabel onClick={() => void savePicture()} />
        )}
        {(look === 'map' || look === 'line') && (
          <IconButton
            sign="save"
            label="Save as CSV"
            showLabel
            onClick={() => save('array.csv', new TextEncoder().encode(planeCsv(plane)))}
          />
        )}
      </div>
      <p class="muted array-figures" role="status">
        {title}
        {figures &&
          ` · from ${shortNumber(figures.min)} to ${shortNumber(figures.max)}, ${shortNumber(figures.mean)} on average`}
        {figures && figures.missing > 0 && ` · ${count(figures.missing)} not finite`}
        {thinned && look !== 'distribution' && ` · drawn from ${stepsText(elements)}`}
        {look === 'map' && place && ` · ${placeText(elements, view, place)} = ${valueAt(plane, place)}`}
      </p>
      {look === 'text' ? (
        <ScrollRegion class="result-text" label="The array as text">
          <pre>{display.text}</pre>
        </ScrollRegion>
      ) : (
        <div class="array-picture">
          {look === 'map' ? (
            <HeatMap plane={coloured} label={label} canvasRef={canvas} onPoint={setPlace} />
          ) : look === 'distribution' && figures ? (
            <Distribution figures={figures} label={label} canvasRef={canvas} />
          ) : (
            <LinePlot plane={plane} step={elements.steps[view.columns]} label={label} canvasRef={canvas} />
          )}
        </div>
      )}
    </div>
  )
}

/** Which axes are drawn, and a slider for the place along each other one. */
function Axes({
  elements,
  display,
  view,
  line,
  onView,
}: {
  elements: Elements
  display: ArrayDisplay
  view: PlaneView
  line: boolean
  onView(view: PlaneView): void
}): JSX.Element {
  const { shape, steps } = elements
  const axes = shape.map((_, axis) => axis)
  const others = axes.filter((axis) => axis !== view.columns && (line || axis !== view.rows))
  /** Two directions never share an axis: the other one takes what is given up. */
  const choose = (direction: 'rows' | 'columns', axis: number): void => {
    const other = direction === 'rows' ? 'columns' : 'rows'
    onView({ ...view, [direction]: axis, ...(view[other] === axis && { [other]: view[direction] }) })
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
            axis {axis} ({display.shape[axis]})
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
            value={view.places[axis]}
            aria-label={`Place along axis ${axis}`}
            onInput={(event) => {
              const to = Number(event.currentTarget.value)
              onView({ ...view, places: view.places.map((each, i) => (i === axis ? to : each)) })
            }}
          />{' '}
          <output>{view.places[axis] * steps[axis]}</output>
        </label>
      ))}
    </>
  )
}

function stepsText({ steps }: Elements): string {
  const said = steps.flatMap((step, axis) => (step > 1 ? [`one in ${step} along axis ${axis}`] : []))
  return said.join(', ')
}

function placeText(
  { steps }: Elements,
  { rows, columns, places }: PlaneView,
  { row, column }: PlanePlace,
): string {
  const here = places.map(
    (place, axis) => (axis === rows ? row : axis === columns ? column : place) * steps[axis],
  )
  return `[${here.join(', ')}]`
}

const valueAt = (
  { values, width }: { values: Float64Array; width: number },
  { row, column }: PlanePlace,
): string => shortNumber(values[row * width + column])
