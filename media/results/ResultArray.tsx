// An array of numbers: as a heat map, a line, a distribution or text, at any place along its other axes, closer where somebody looks closer.

import type { JSX } from 'preact'
import { useMemo, useRef, useState } from 'preact/hooks'
import type { Region, RegionRequest } from '../../runtime/protocol/regions.ts'
import type { ArrayDisplay } from '../../runtime/protocol/runs.ts'
import type { Surroundings } from '../feed/surroundings.ts'
import { IconButton } from '../frame/IconButton.tsx'
import { usePalette } from '../frame/palette.ts'
import { pngOf } from '../frame/pngOf.ts'
import { ScrollRegion } from '../frame/ScrollRegion.tsx'
import { ArrayAxes } from './ArrayAxes.tsx'
import { Distribution, HeatMap, LinePlot, type PlanePlace } from './ArrayPicture.tsx'
import { elementsOf, type Plane, planeCsv, planeOf, planeOfRegion } from './arrayPlane.ts'
import { type ArrayView, firstView, isHere, isLine, lineOf, regionFor } from './arrayView.ts'
import { boundsOf, drawnText, figuresText, marksOf, pointedText, titleOf } from './arrayWords.ts'
import { COMPLEX_PARTS, type ComplexPart } from './elementText.ts'
import { useRegion } from './useRegion.ts'
import { useZoom } from './useZoom.ts'

const LOOKS = { map: 'Heat map', line: 'Line', distribution: 'Distribution', text: 'Text' } as const
type Look = keyof typeof LOOKS

export function ResultArray({
  display,
  save,
  region: ask,
}: {
  display: ArrayDisplay
  save: Surroundings['save']
  /** Asks for a part of an array of which evenly many elements are here. */
  region?: (request: RegionRequest) => Promise<Region>
}): JSX.Element {
  const { shape, dtype, figures, steps } = display
  const flat = shape.length === 1
  const [look, setLook] = useState<Look>(flat ? 'line' : 'map')
  const [mapView, setMapView] = useState<ArrayView>(() => firstView(shape))
  const [lineView, setLineView] = useState<ArrayView>(() => lineOf(firstView(shape)))
  const [part, setPart] = useState<ComplexPart>('absolute')
  const [place, setPlace] = useState<PlanePlace>()
  const palette = usePalette()
  const canvas = useRef<HTMLCanvasElement>(null)
  const isPlane = look === 'map' || look === 'line'
  const [view, setView] = look === 'map' ? [mapView, setMapView] : [lineView, setLineView]
  const zoom = useZoom(shape, view, setView)
  const fetches = display.remote === true && ask !== undefined
  const wanted = useMemo(() => {
    const request = regionFor(view, part === 'absolute')
    return fetches && isPlane && !isHere(request, steps) ? request : undefined
  }, [view, part, isPlane, fetches])
  const { last, busy, refused } = useRegion(ask, wanted)
  const elements = useMemo(() => elementsOf(display, part), [display, part])
  const coarse = useMemo(() => planeOf(elements, view), [elements, view])
  const fine = useMemo(
    () =>
      wanted && last && isOf(last.request, view)
        ? planeOfRegion(last.region, last.request, view, dtype, part)
        : undefined,
    [last, wanted !== undefined, view, part],
  )
  const isFine = fine !== undefined && !busy
  const plane: Plane = isFine ? fine : coarse
  // One colour means one number, wherever along the other axes.
  const range = part === 'absolute' && figures ? figures : plane
  const bounds = boundsOf(dtype, look === 'line' ? plane : range)
  const words = part === 'absolute' ? '' : ` (${COMPLEX_PARTS[part]})`
  const label = `${LOOKS[look]} of ${titleOf(display)}${words}`
  const savePicture = async (): Promise<void> => {
    save('array.png', await pngOf([{ canvas: canvas.current! }], palette))
  }
  const drawn = isPlane ? drawnText(shape, view, plane) : ''
  const pointed = isPlane && place ? pointedText(view, plane, place) : ''
  const picture = { label, canvasRef: canvas, bounds, onPoint: setPlace, gestures: zoom.gestures }
  return (
    <div class="result-array">
      <div class="array-tools">
        <fieldset class="looks">
          <legend class="visually-hidden">How it is shown</legend>
          {Object.entries(LOOKS).map(([name, text]) =>
            (name === 'map' && flat) || (name === 'distribution' && !figures) ? null : (
              <button
                key={name}
                type="button"
                class={`icon-button${look === name ? ' pressed' : ''}`}
                aria-pressed={look === name}
                onClick={() => setLook(name as Look)}
              >
                {text}
              </button>
            ),
          )}
        </fieldset>
        {isPlane && display.exact && dtype.startsWith('complex') && (
          <label>
            drawn{' '}
            <select value={part} onChange={(event) => setPart(event.currentTarget.value as ComplexPart)}>
              {Object.entries(COMPLEX_PARTS).map(([name, text]) => (
                <option key={name} value={name} selected={name === part}>
                  {text}
                </option>
              ))}
            </select>
          </label>
        )}
        {isPlane && !flat && (
          <ArrayAxes
            shape={shape}
            steps={fetches ? shape.map(() => 1) : steps}
            view={view}
            onView={setView}
          />
        )}
        {isPlane && (
          <span class="zoom">
            <IconButton sign="zoomIn" label="Look closer" onClick={() => zoom.by(0.5)} />
            <IconButton sign="zoomOut" label="Look from farther away" onClick={() => zoom.by(2)} />
            <IconButton sign="fit" label="Show all of it" onClick={zoom.whole} />
          </span>
        )}
        <span class="spring" />
        <span class="saves">
          {look !== 'text' && (
            <IconButton sign="save" label="Save as PNG" showLabel onClick={() => void savePicture()} />
          )}
          {isPlane && (
            <IconButton
              sign="save"
              label="Save as CSV"
              showLabel
              onClick={() => save('array.csv', new TextEncoder().encode(planeCsv(plane)))}
            />
          )}
        </span>
      </div>
      <p class="muted array-figures" role="status">
        {[titleOf(display), figuresText(display), drawn, ...(busy ? ['fetching…'] : []), refused, pointed]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {look === 'text' ? (
        <ScrollRegion class="result-text" label="The array as text">
          <pre>{display.text}</pre>
        </ScrollRegion>
      ) : (
        <div class="array-picture">
          {look === 'map' ? (
            <HeatMap
              {...picture}
              planes={fine ? [coarse, fine] : [coarse]}
              view={view}
              range={range}
              marks={marksOf(figures)}
            />
          ) : look === 'distribution' && figures ? (
            <Distribution
              figures={figures}
              label={label}
              canvasRef={canvas}
              bounds={boundsOf(dtype, figures)}
            />
          ) : (
            <LinePlot {...picture} plane={plane} view={view} />
          )}
        </div>
      )}
    </div>
  )
}

/** Whether a region lies in what is drawn: wherever it is there, it can be seen. */
const isOf = ({ ranges, extremes }: RegionRequest, view: ArrayView): boolean =>
  (!extremes || isLine(view)) &&
  ranges.every(
    ({ start, stop }, axis) =>
      axis === view.rows || axis === view.columns || (stop - start === 1 && start === view.places[axis]),
  )
