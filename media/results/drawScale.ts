// What stands beside a heat map: its scale, and the colours of what is no finite number.

import type { Palette } from '../frame/palette.ts'
import { heatPixels } from './arrayPlane.ts'

/** Room around a picture. */
export const EDGE = 8

export interface Mark {
  text: string
  colour: readonly [number, number, number]
}

/** What is no finite number, from below upwards. */
export function drawMarks(
  context: CanvasRenderingContext2D,
  marks: readonly Mark[],
  palette: Palette,
  x: number,
  bottom: number,
): void {
  context.font = `11px ${palette.font}`
  context.textBaseline = 'middle'
  marks.forEach(({ text, colour }, i) => {
    const y = bottom - 6 - 16 * i
    context.fillStyle = `rgb(${colour.join(' ')})`
    context.fillRect(x, y - 5, 10, 10)
    context.fillStyle = palette.colour.muted
    context.fillText(text, x + 15, y)
  })
}

export function drawScale(
  context: CanvasRenderingContext2D,
  { min, max }: { min: number; max: number },
  bounds: { min: string; max: string },
  palette: Palette,
  x: number,
  height: number,
): void {
  if (min > max) return
  const steps = 64
  const pixels = heatPixels({
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
  context.fillText(bounds.max, x + 15, EDGE)
  context.textBaseline = 'bottom'
  if (height > 28) context.fillText(bounds.min, x + 15, EDGE + height)
}
