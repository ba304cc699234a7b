// The three pictures of an array: a heat map, a line, a distribution. What is drawn is told by `arrayPlane.ts`.

import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import type { ArrayFigures } from '../../runtime/protocol/runs.ts'
import { count } from '../cluster/quantity.ts'
import { Canvas, type CanvasSize } from '../frame/Canvas.tsx'
import { type Palette, usePalette } from '../frame/palette.ts'
import { heatPixels, lineParts, type Plane } from './arrayPlane.ts'
import { type ArrayView, lengthOf } from './arrayView.ts'
import { drawMarks, drawScale, EDGE, type Mark } from './drawScale.ts'
import type { Gestures, PlaceAt } from './useZoom.ts'

interface PictureProps {
  label: string
  canvasRef: { current: HTMLCanvasElement | null }
  /** What a bound is written as, e.g. of truth values. */
  bounds: { min: string; max: string }
  /** What is pointed at, in places of the whole array. */
  onPoint(place: PlanePlace | undefined): void
  gestures: Gestures
}

interface PointedProps extends Pick<PictureProps, 'label' | 'canvasRef' | 'onPoint' | 'gestures'> {
  draw(context: CanvasRenderingContext2D, size: CanvasSize): void
  placeAt: PlaceAt
  point(event: MouseEvent): void
}

/** A picture that says what is pointed at, and can be zoomed and moved. */
const Pointed = ({
  draw,
  label,
  canvasRef,
  placeAt,
  point,
  onPoint,
  gestures,
}: PointedProps): JSX.Element => (
  <Canvas
    draw={draw}
    canvasRef={canvasRef}
    role="img"
    aria-label={label}
    onMouseMove={point}
    onMouseLeave={() => onPoint(undefined)}
    {...gestures(placeAt)}
  />
)

/** A place of the whole array along the axes that are drawn. */
export interface PlanePlace {
  row: number
  column: number
}

/** Room for the scale on the right. */
const SCALE = 76

/** @param planes those behind first: a coarse one of all that is in view, and a finer one as far as it has come */
export function HeatMap({
  planes,
  view,
  range,
  label,
  canvasRef,
  bounds,
  marks,
  onPoint,
  gestures,
}: PictureProps & {
  planes: readonly Plane[]
  view: ArrayView
  /** The numbers of the darkest and the lightest colour. */
  range: { min: number; max: number }
  /** What is no finite number, by name and colour. */
  marks: readonly Mark[]
}): JSX.Element {
  const palette = usePalette()
  const images = useMemo(
    () =>
      planes.map((plane) => {
        const canvas = new OffscreenCanvas(Math.max(1, plane.width), Math.max(1, plane.height))
        const pixels = new ImageData(heatPixels({ ...plane, ...range }), canvas.width, canvas.height)
        canvas.getContext('2d')!.putImageData(pixels, 0, 0)
        return canvas
      }),
    [...planes, planes.length, range.min, range.max],
  )
  const draw = (context: CanvasRenderingContext2D, size: CanvasSize): void => {
    const box = boxOf(view, size)
    const { x, y, width, height } = box
    context.save()
    context.beginPath()
    context.rect(x, y, width, height)
    context.clip()
    planes.forEach((plane, i) => {
      const across = width / lengthOf(view.right)
      const down = height / lengthOf(view.down)
      const wide = plane.width * plane.step.column * across
      const high = plane.height * plane.step.row * down
      context.imageSmoothingEnabled = plane.width > wide || plane.height > high
      const left = x + (plane.from.column - view.right.from) * across
      const top = y + (plane.from.row - view.down.from) * down
      context.drawImage(images[i], left, top, wide, high)
    })
    context.restore()
    context.strokeStyle = palette.colour.line
    context.strokeRect(x - 0.5, y - 0.5, width + 1, height + 1)
    drawScale(context, range, bounds, palette, x + width + 12, Math.max(24, height - 18 * marks.length))
    drawMarks(context, marks, palette, x + width + 12, EDGE + height)
  }
  const placeAt: PlaceAt = (canvas, offset) => {
    const box = boxOf(view, { width: canvas.clientWidth, height: canvas.clientHeight })
    return { across: (offset.x - box.x) / box.width, down: (offset.y - box.y) / box.height }
  }
  const point = (event: MouseEvent): void => {
    const { across, down } = placeAt(event.currentTarget as HTMLCanvasElement, {
      x: event.offsetX,
      y: event.offsetY,
    })
    const inside = across >= 0 && across < 1 && down >= 0 && down < 1
    onPoint(
      inside
        ? {
            row: view.down.from + Math.floor(down * lengthOf(view.down)),
            column: view.right.from + Math.floor(across * lengthOf(view.right)),
          }
        : undefined,
    )
  }
  return <Pointed {...{ draw, canvasRef, label, point, placeAt, gestures, onPoint }} />
}

/** As large as the place allows; elements are squares unless the plane is very long. */
function boxOf(
  { down, right }: ArrayView,
  size: CanvasSize,
): { x: number; y: number; width: number; height: number } {
  const room = {
    width: Math.max(1, size.width - 2 * EDGE - SCALE),
    height: Math.max(1, size.height - 2 * EDGE),
  }
  const side = Math.min(room.width / lengthOf(right), room.height / lengthOf(down))
  return {
    x: EDGE,
    y: EDGE,
    width: Math.min(room.width, Math.max(40, side * lengthOf(right))),
    height: Math.min(room.height, Math.max(24, side * lengthOf(down))),
  }
}

/** Room for the axes. */
const LEFT = 74
const BELOW = 22

export function LinePlot({
  plane,
  view,
  label,
  canvasRef,
  bounds,
  onPoint,
  gestures,
}: PictureProps & { plane: Plane; view: ArrayView }): JSX.Element {
  const palette = usePalette()
  const draw = (context: CanvasRenderingContext2D, size: CanvasSize): void => {
    const { width, height } = drawAxes(context, size, palette, {
      low: bounds.min,
      high: bounds.max,
      first: count(view.right.from),
      last: count(view.right.to - 1),
    })
    const scale = plane.max > plane.min ? height / (plane.max - plane.min) : 0
    const y = (value: number): number =>
      EDGE + (scale === 0 ? height / 2 : height - (value - plane.min) * scale)
    const parts = lineParts(plane, Math.max(1, Math.floor(width)))
    const x = (i: number): number => LEFT + (parts.length > 1 ? (i / (parts.length - 1)) * width : width / 2)
    context.strokeStyle = palette.colour.accent
    context.lineWidth = 1.5
    context.beginPath()
    let down = false
    parts.forEach(({ finite }, i) => {
      if (!finite) {
        down = false
        return
      }
      if (down) context.lineTo(x(i), y(finite[0]))
      else context.moveTo(x(i), y(finite[0]))
      if (finite[1] !== finite[0]) context.lineTo(x(i), y(finite[1]))
      // A point between gaps is seen too.
      else if (!down && !parts[i + 1]?.finite) context.lineTo(x(i) + 1.5, y(finite[1]))
      down = true
    })
    context.stroke()
    // Where elements are no finite numbers the axis is marked.
    context.fillStyle = palette.colour['state-erred']
    parts.forEach(({ missing }, i) => {
      if (missing > 0) context.fillRect(x(i) - 1, EDGE + height - 6, 2, 6)
    })
  }
  const placeAt: PlaceAt = (canvas, offset) => ({
    across: (offset.x - LEFT) / Math.max(1, canvas.clientWidth - LEFT - 2 * EDGE),
    down: 0.5,
  })
  const point = (event: MouseEvent): void => {
    const { across } = placeAt(event.currentTarget as HTMLCanvasElement, { x: event.offsetX, y: 0 })
    const column = view.right.from + Math.round(across * (lengthOf(view.right) - 1))
    onPoint(across >= 0 && across <= 1 ? { row: 0, column } : undefined)
  }
  return <Pointed {...{ draw, canvasRef, label, point, placeAt, gestures, onPoint }} />
}

export function Distribution({
  figures,
  label,
  canvasRef,
  bounds,
}: Pick<PictureProps, 'label' | 'canvasRef' | 'bounds'> & { figures: ArrayFigures }): JSX.Element {
  const palette = usePalette()
  const draw = (context: CanvasRenderingContext2D, size: CanvasSize): void => {
    const { counts } = figures
    const most = Math.max(...counts)
    const { width, height } = drawAxes(context, size, palette, {
      low: '0',
      high: count(most),
      first: bounds.min,
      last: bounds.max,
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
