// How what learns is going: its rounds, and a line for each of its numbers.

import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { count } from '../cluster/quantity.ts'
import type { Surroundings } from '../feed/surroundings.ts'
import { IconButton } from '../frame/IconButton.tsx'
import { LineChart } from '../frame/LineChart.tsx'
import { PlaceLink } from '../frame/PlaceLink.tsx'
import { usePalette } from '../frame/palette.ts'
import { pngOf } from '../frame/pngOf.ts'
import { StateBar } from '../progress/ProgressHeader.tsx'
import { numberText, seriesOf } from './curveSeries.ts'
import type { ShownCurve } from './reducer.ts'

interface CurveChartProps {
  shown: ShownCurve
  surroundings: Surroundings
}

export function CurveChart({ shown, surroundings }: CurveChartProps): JSX.Element {
  const { curve, points, ended } = shown
  const last = points.at(-1)
  const step = last?.step ?? 0
  const series = seriesOf(points)
  const steps = curve.steps === undefined ? count(step) : `${count(step)} of ${count(curve.steps)}`
  const palette = usePalette()
  const section = useRef<HTMLElement>(null)
  const savePicture = async (): Promise<void> => {
    const charts = [...section.current!.querySelectorAll<HTMLElement>('figure.chart')]
    const pictures = charts.map((chart) => ({
      title: `${curve.title}: ${chart.querySelector('figcaption span')?.textContent ?? ''}`,
      canvas: chart.querySelector('canvas')!,
    }))
    surroundings.save('curve.png', await pngOf(pictures, palette))
  }
  return (
    <section class="curve" ref={section} aria-label={`${curve.title}: round ${steps}`}>
      <div class="progress-line">
        <span>
          <code>{curve.title}</code>{' '}
          {curve.place && <PlaceLink place={curve.place} surroundings={surroundings} />}
        </span>
        <span class="curve-tools">
          <span class="muted">
            {ended ? 'ended after round' : 'round'} {steps}
          </span>
          {series.length > 0 && (
            <IconButton sign="save" label="Save as PNG" showLabel onClick={() => void savePicture()} />
          )}
        </span>
      </div>
      {!ended && curve.steps !== undefined && (
        <StateBar
          tally={{
            total: curve.steps,
            done: step,
            running: 0,
            erred: 0,
            ready: 0,
            waiting: curve.steps - step,
          }}
          label={curve.title}
        />
      )}
      {series.map(({ name, steps: at, values }) => (
        <LineChart
          key={name}
          title={name}
          value={numberText(values[values.length - 1])}
          across={{ rounds: at }}
          lines={[{ label: name, colour: 'accent', values }]}
          format={numberText}
        />
      ))}
    </section>
  )
}
