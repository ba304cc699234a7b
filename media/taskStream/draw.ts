// Draws the task stream: rows with their labels, rectangles by colour, and the axis above them.

import { cutText } from '../frame/cutText.ts'
import type { Palette } from '../frame/palette.ts'
import { ERRED_COLOUR, type Picture, TRANSFER_COLOUR } from './picture.ts'
import { paint, type Raster, rasterOf } from './raster.ts'
import type { Rows } from './rows.ts'
import type { Tick } from './timeWindow.ts'

/** Room for the workers' names, left of the rows. */
export const LABEL_WIDTH = 92
export const AXIS_HEIGHT = 22

/** What is kept between two drawings: the pixels and the canvas that they pass through. */
export interface RunLayer {
  raster?: Raster
  canvas?: OffscreenCanvas
}

export function drawRuns(
  context: CanvasRenderingContext2D,
  size: { width: number; height: number },
  rows: Rows,
  picture: Picture,
  ticks: readonly Tick[],
  palette: Palette,
  layer: RunLayer,
): void {
  const { colour } = palette
  const plotWidth = Math.max(1, size.width - LABEL_WIDTH)
  context.fillStyle = colour.faint
  context.globalAlpha = 0.35
  for (const row of rows.list) context.fillRect(LABEL_WIDTH, row.y, plotWidth, row.height)
  context.globalAlpha = 0.8
  for (const { x } of ticks)
    if (x >= 0) context.fillRect(Math.round(LABEL_WIDTH + x), 0, 1, Math.max(rows.height, 0))
  context.globalAlpha = 1
  const scale = context.getTransform().a
  const [across, down] = [Math.round(plotWidth * scale), Math.max(1, Math.round(rows.height * scale))]
  layer.raster = rasterOf(across, down, layer.raster)
  paint(layer.raster, picture, rows, scale, (index) =>
    index === TRANSFER_COLOUR
      ? palette.transferPixel
      : index === ERRED_COLOUR
        ? palette.erredPixel
        : palette.groupPixels[index],
  )
  if (layer.canvas?.width !== across || layer.canvas.height !== down)
    layer.canvas = new OffscreenCanvas(across, down)
  const pixels = new Uint8ClampedArray(layer.raster.pixels.buffer as ArrayBuffer)
  layer.canvas.getContext('2d')!.putImageData(new ImageData(pixels, across, down), 0, 0)
  context.drawImage(layer.canvas, LABEL_WIDTH, 0, across / scale, down / scale)
  markErred(context, palette, rows, picture)
  drawLabels(context, rows, palette)
}

/** Failed runs carry a cross too, so that they do not stand out by colour alone. */
function markErred(context: CanvasRenderingContext2D, palette: Palette, rows: Rows, picture: Picture): void {
  context.strokeStyle = palette.colour.surface
  context.lineWidth = 1.25
  context.beginPath()
  for (let i = 0; i < picture.length; i++) {
    if (picture.colour[i] !== ERRED_COLOUR || picture.width[i] <= 6 || picture.x[i] < 0) continue
    const { y, height } = rows.list[picture.row[i]]
    const r = Math.min(4, height / 2 - 1)
    if (r < 1.5) continue
    const [cx, cy] = [LABEL_WIDTH + picture.x[i] + r + 2, y + height / 2]
    context.moveTo(cx - r, cy - r)
    context.lineTo(cx + r, cy + r)
    context.moveTo(cx + r, cy - r)
    context.lineTo(cx - r, cy + r)
  }
  context.stroke()
}

function drawLabels(context: CanvasRenderingContext2D, rows: Rows, palette: Palette): void {
  context.fillStyle = palette.colour.text
  context.font = `11px ${palette.font}`
  context.textBaseline = 'top'
  context.textAlign = 'left'
  let below = Number.NEGATIVE_INFINITY
  for (const row of rows.list) {
    if (!row.label || row.y < below) continue
    context.fillText(cutText(context, row.label, LABEL_WIDTH - 12), 2, row.y + 1)
    below = row.y + 13
  }
}

export function drawAxis(
  context: CanvasRenderingContext2D,
  size: { width: number; height: number },
  ticks: readonly Tick[],
  palette: Palette,
): void {
  context.font = `11px ${palette.font}`
  context.textBaseline = 'middle'
  context.textAlign = 'center'
  for (const { x, label } of ticks) {
    const at = LABEL_WIDTH + x
    const half = context.measureText(label).width / 2
    context.fillStyle = palette.colour.faint
    context.fillRect(Math.round(at), size.height - 4, 1, 4)
    if (at - half < LABEL_WIDTH - 8 || at + half > size.width) continue
    context.fillStyle = palette.colour.muted
    context.fillText(label, at, size.height / 2 - 1)
  }
}
