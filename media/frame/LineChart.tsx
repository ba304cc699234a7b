// A line chart over the last minutes, or over rounds, drawn by uPlot in the theme's colours.

import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import { clock } from '../cluster/quantity.ts'
import { type ColourName, type Palette, usePalette } from './palette.ts'

export interface Line {
  label: string
  colour: ColourName
  values: readonly number[]
  /** Fills below the line. */
  filled?: boolean
}

/** Epoch milliseconds, or numbers of rounds; over rounds the y axis holds the values closely. */
export type Across = { atMs: readonly number[] } | { rounds: readonly number[] }

const isOfRounds = (across: Across): across is { rounds: readonly number[] } => 'rounds' in across

const placesOf = (across: Across): number[] =>
  isOfRounds(across) ? [...across.rounds] : across.atMs.map((ms) => ms / 1000)

interface LineChartProps {
  title: string
  /** What stands right of the title: the latest value. */
  value: string
  /** Where each line's values stand: moments, or rounds of what learns. */
  across: Across
  lines: readonly Line[]
  /** Writes a value of the y axis. */
  format(value: number): string
  height?: number
  /** The least that the y axis reaches up to. */
  least?: number
}

export function LineChart(props: LineChartProps): JSX.Element {
  const { title, value, across, lines, height = 120, least = 1 } = props
  const palette = usePalette()
  const holder = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot>(undefined)
  const format = useRef(props.format)
  format.current = props.format
  const ofRounds = isOfRounds(across)
  const shape = lines.map(({ label, colour }) => `${label}:${colour}`).join()
  useEffect(() => {
    const element = holder.current!
    const made = new uPlot(
      optionsOf({
        lines,
        palette,
        width: element.clientWidth || 300,
        height,
        least,
        format: (v) => format.current(v),
        ofRounds,
      }),
      dataOf(across, lines),
      element,
    )
    chart.current = made
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) made.setSize({ width: element.clientWidth, height })
    })
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
    }
  }, [palette, shape, height, least, ofRounds])
  const places = placesOf(across)
  useEffect(() => chart.current?.setData(dataOf(across, lines)), [places.at(-1), places.length])
  return (
    <figure class="chart">
      <figcaption>
        <span>{title}</span>
        <strong>{value}</strong>
      </figcaption>
      <div
        ref={holder}
        class="chart-plot"
        style={{ height: `${height}px` }}
        role="img"
        aria-label={`${title}: ${value} now`}
      />
      {lines.length > 1 && (
        <ul class="legend">
          {lines.map(({ label, colour }) => (
            <li key={label}>
              <span class="swatch" style={{ background: palette.colour[colour] }} />
              {label}
            </li>
          ))}
        </ul>
      )}
    </figure>
  )
}

function dataOf(across: Across, lines: readonly Line[]): uPlot.AlignedData {
  return [placesOf(across), ...lines.map(({ values }) => [...values])]
}

function optionsOf({
  lines,
  palette,
  width,
  height,
  least,
  format,
  ofRounds,
}: {
  lines: readonly Line[]
  palette: Palette
  width: number
  height: number
  least: number
  format(value: number): string
  ofRounds: boolean
}): uPlot.Options {
  const { colour, font } = palette
  const axis = {
    stroke: colour.muted,
    font: `10px ${font}`,
    grid: { stroke: colour.faint, width: 1 },
    ticks: { show: false },
  } satisfies uPlot.Axis
  return {
    width,
    height,
    padding: [6, 24, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 5 }, drag: { setScale: false, x: false, y: false } },
    scales: {
      x: ofRounds
        ? { time: false, range: (_, min, max) => [min ?? 0, Math.max(max ?? 1, (min ?? 0) + 1)] }
        : { time: true, range: ({ data: [seconds] }) => lastMinutes(seconds) },
      y: {
        range: ofRounds
          ? (_, min, max) => around(min ?? 0, max ?? 1)
          : (_, __, max) => [0, Math.max(least, (max ?? 0) * 1.08)],
      },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 23,
        gap: 5,
        space: 70,
        values: ({ data: [places] }, ticks) =>
          ticks.map((at) => (ofRounds ? String(at) : places.length > 0 ? clock(at * 1000) : '')),
      },
      {
        ...axis,
        size: 58,
        gap: 6,
        space: 26,
        values: (_, ticks) => ticks.map(format),
      },
    ],
    series: [
      {},
      ...lines.map(
        ({ label, colour: name, filled }): uPlot.Series => ({
          label,
          stroke: colour[name],
          width: 1.5,
          points: { show: ({ data: [seconds] }) => seconds.length < 3, size: 4 },
          ...(filled ? { fill: faded(colour[name]) } : {}),
        }),
      ),
    ],
  }
}

/** The x axis' range: all points, and at least a minute, so that the first points do not look like a trend. */
function lastMinutes(seconds: ArrayLike<number>): [number, number] {
  const end = seconds[seconds.length - 1] ?? 60
  return [Math.min(seconds[0] ?? 0, end - 60), end]
}

/** A little more than the values' range, so that no line runs along the edge. */
function around(min: number, max: number): [number, number] {
  const margin = (max - min || Math.abs(max) || 1) * 0.08
  return [min - margin, max + margin]
}

/** The colour at a sixth of its strength. */
const faded = (colour: string): string => `color-mix(in srgb, ${colour} 18%, transparent)`
