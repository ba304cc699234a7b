// The three pictures of an array: a heat map, a line, a distribution. What is drawn is told by `arrayPlane.ts`.

import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import type { ArrayFigures } from '../../runtime/protocol/runs.ts'
import { count } from '../cluster/quantity.ts'
import { Canvas, type CanvasSize } from '../frame/Canvas.tsx'
import { type Palette, usePalette } from '../frame/palette.ts'
import { heatPixels, type Plane, shortNumber, stretches } from './arrayPlane.ts'

interface PictureProps {
  label: string
  canvasRef: { current: HTMLCanvasElement | null }
}

/** Where a number of a plane stands, from its upper left corner. */
export interface PlanePlace {
  row: number
  column: number
}

/** Room for the scale on the right. */
const SCALE = 76
const EDGE = 8

export function HeatMap({
  plane,
  label,
  canvasRef,
  onPoint,
}: PictureProps & { plane: Plane; onPoint(place: PlanePlace | undefined): void }): JSX.Element {
  const palette = usePalette()
  const image = useMemo(() => {
    const canvas = new OffscreenCanvas(Math.max(1, plane.width), Math.max(1, plane.height))
    canvas.getContext('2d')!.putImageData(new ImageData(heatPixels(plane), canvas.width, canvas.height), 0, 0)
    return canvas
  }, [plane])
  const draw = (context: CanvasRenderingContext2D, size: CanvasSize): void => {
    const { x, y, width, height } = boxOf(plane, size)
    context.imageSmoothingEnabled = plane.width > width || plane.height > height
    context.drawImage(image, x, y, width, height)
    context.strokeStyle = palette.colour.line
    context.strokeRect(x - 0.5, y - 0.5, width + 1, height + 1)
    drawScale(context, plane, palette, x + width + 12, height)
  }
  const point = (event: MouseEvent): void => {
    const canvas = event.currentTarget as HTMLCanvasElement
    const { x, y, width, height } = boxOf(plane, { width: canvas.clientWidth, height: canvas.clientHeight })
    const column = Math.floor(((event.offsetX - x) / width) * plane.width)
    const row = Math.floor(((event.offsetY - y) / height) * plane.height)
    const inside = column >= 0 && column < plane.width && row >= 0 && row < plane.height
    onPoint(inside ? { row, column } : undefined)
  }
  return (
    <Canvas
      draw={draw}
      canvasRef={canvasRef}
      role="img"
      aria-label={label}
      onMouseMove={point}
      onMouseLeave={() => onPoint(undefined)}
    />
  )
}

/** As large as the place allows; elements are squares unless the plane is very long. */
function boxOf(plane: Plane, size: CanvasSize): { x: number; y: number; width: number; height: number } {
  const room = {
    width: Math.max(1, size.width - 2 * EDGE - SCALE),
    height: Math.max(1, size.height - 2 * EDGE),
  }
  const side = Math.min(room.width / plane.width, room.height / plane.height)
  return {
    x: EDGE,
    y: EDGE,
    width: Math.min(room.width, Math.max(40, side * plane.width)),
    height: Math.min(room.height, Math.max(24, side * plane.height)),
  }
}

function drawScale(
  context: CanvasRenderingContext2D,
  { min, max }: Plane,
  palette: Palette,
  x: number,
  height: number,
): void {
  if (min > max) return
  const steps = 64
  const pixels = heatPixels({
    width: 1,
    height: steps,
    values: Float64Array.from({ length: steps }, (_, i) => steps - 1 - i),
    min: 0,
    max: steps - 1,
  })
  const bar = new OffscreenCanvas(1, steps)
  bar.getContext('2d')!.putImageData(new ImageData(pixels, 1, steps), 0, 0)
  context.imageSmoothingEnabled = true
  context.drawImage(bar, x, EDGE, 10, height)
  context.fillStyle = palette.colour.muted
  context.font = `11px ${palette.font}`
  context.textBaseline = 'top'
  context.fillText(shortNumber(max), x + 15, EDGE)
  context.textBaseline = 'bottom'
  if (height > 28) context.fillText(shortNumber(min), x + 15, EDGE + height)
}

/** Room for the axes. */
const LEFT = 74
const BELOW = 22

export function LinePlot({
  plane,
  step,
  label,
  canvasRef,
}: PictureProps & { plane: Plane; step: number }): JSX.Element {
  const palette = usePalette()
  const draw = (context: CanvasRenderingContext2D, size: CanvasSize): void => {
    const { width, height } = drawAxes(context, size, palette, {
      low: shortNumber(plane.min),
      high: shortNumber(plane.max),
      first: '0',
      last: count(Math.max(0, (plane.width - 1) * step)),
    })
    const scale = plane.max > plane.min ? height / (plane.max - plane.min) : 0
    const y = (value: number): number =>
      EDGE + (scale === 0 ? height / 2 : height - (value - plane.min) * scale)
    const parts = stretches(plane.values, Math.max(1, Math.floor(width)))
    context.strokeStyle = palette.colour.accent
    context.lineWidth = 1.5
    context.beginPath()
    let down = false
    parts.forEach((part, i) => {
      if (!part) {
        down = false
        return
      }
      const x = LEFT + (parts.length > 1 ? (i / (parts.length - 1)) * width : width / 2)
      if (down) context.lineTo(x, y(part[0]))
      else context.moveTo(x, y(part[0]))
      if (part[1] !== part[0]) context.lineTo(x, y(part[1]))
      down = true
    })
    context.stroke()
  }
  return <Canvas draw={draw} canvasRef={canvasRef} role="img" aria-label={label} />
}

export function Distribution({
  figures,
  label,
  canvasRef,
}: PictureProps & { figures: ArrayFigures }): JSX.Element {
  const palette = usePalette()
  const draw = (context: CanvasRenderingContext2D, size: CanvasSize): void => {
    const { min, max, counts } = figures
    const most = Math.max(...counts)
    const { width, height } = drawAxes(context, size, palette, {
      low: '0',
      high: count(most),
      first: shortNumber(min),
      last: shortNumber(max),
    })
    context.fillStyle = palette.colour.accent
    counts.forEach((each, i) => {
      const tall = (each / most) * height
      // What is not empty can be seen.
      const seen = each > 0 ? Math.max(1, tall) : 0
      context.fillRect(
        LEFT + (i * width) / counts.length,
        EDGE + height - seen,
        width / counts.length - 1,
        seen,
      )
    })
  }
  return <Canvas draw={draw} canvasRef={canvasRef} role="img" aria-label={label} />
}

/** Draws the two axes with the texts at their ends; returns the room between them. */
function drawAxes(
  context: CanvasRenderingContext2D,
  size: CanvasSize,
  palette: Palette,
  texts: { low: string; high: string; first: string; last: string },
): CanvasSize {
  const width = Math.max(1, size.width - LEFT - 2 * EDGE)
  const height = Math.max(1, size.height - EDGE - BELOW)
  context.strokeStyle = palette.colour.line
  context.beginPath()
  context.moveTo(LEFT - 0.5, EDGE)
  context.lineTo(LEFT - 0.5, EDGE + height + 0.5)
  context.lineTo(LEFT + width, EDGE + height + 0.5)
  context.stroke()
  context.fillStyle = palette.colour.muted
  context.font = `11px ${palette.font}`
  context.textAlign = 'right'
  context.textBaseline = 'top'
  context.fillText(texts.high, LEFT - 6, EDGE)
  context.fillText(texts.last, LEFT + width, EDGE + height + 6)
  context.textBaseline = 'bottom'
  context.fillText(texts.low, LEFT - 6, EDGE + height)
  context.textAlign = 'left'
  context.textBaseline = 'top'
  context.fillText(texts.first, LEFT, EDGE + height + 6)
  return { width, height }
}
