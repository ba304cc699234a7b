// Draws the task stream: rows with their labels, rectangles by colour, and the axis above them.

import type { Palette } from '../frame/palette.ts'
import { ERRED_COLOUR, type Picture, TRANSFER_COLOUR } from './picture.ts'
import type { Rows } from './rows.ts'
import type { Tick } from './timeWindow.ts'

/** Room for the workers' names, left of the rows. */
export const LABEL_WIDTH = 92
export const AXIS_HEIGHT = 22

export function drawRuns(
  context: CanvasRenderingContext2D,
  size: { width: number; height: number },
  rows: Rows,
  picture: Picture,
  ticks: readonly Tick[],
  palette: Palette,
): void {
  const { colour } = palette
  const plotWidth = size.width - LABEL_WIDTH
  context.fillStyle = colour.faint
  context.globalAlpha = 0.35
  for (const row of rows.list) context.fillRect(LABEL_WIDTH, row.y, plotWidth, row.height)
  context.globalAlpha = 0.8
  for (const { x } of ticks)
    if (x >= 0) context.fillRect(Math.round(LABEL_WIDTH + x), 0, 1, Math.max(rows.height, 0))
  context.globalAlpha = 1
  context.save()
  context.beginPath()
  context.rect(LABEL_WIDTH, 0, plotWidth, size.height)
  context.clip()
  let last = -1
  for (let i = 0; i < picture.length; i++) {
    const row = rows.list[picture.row[i]]
    if (picture.colour[i] !== last) {
      last = picture.colour[i]
      context.fillStyle =
        last === TRANSFER_COLOUR
          ? colour.transfer
          : last === ERRED_COLOUR
            ? colour['state-erred']
            : palette.groups[last]
    }
    // Neighbours stay apart by a hairline while they are wide enough to spare one.
    const wide = picture.width[i]
    context.fillRect(LABEL_WIDTH + picture.x[i], row.y, wide > 3 ? wide - 0.75 : wide, row.height)
    if (last === ERRED_COLOUR && wide > 6)
      markErred(context, palette, LABEL_WIDTH + picture.x[i], row.y, row.height)
  }
  context.restore()
  drawLabels(context, rows, palette)
}

/** Failed runs carry a cross too, so that they do not stand out by colour alone. */
function markErred(
  context: CanvasRenderingContext2D,
  palette: Palette,
  x: number,
  y: number,
  height: number,
): void {
  const r = Math.min(4, height / 2 - 1)
  if (r < 1.5) return
  context.strokeStyle = palette.colour.surface
  context.lineWidth = 1.25
  context.beginPath()
  const [cx, cy] = [x + r + 2, y + height / 2]
  context.moveTo(cx - r, cy - r)
  context.lineTo(cx + r, cy + r)
  context.moveTo(cx + r, cy - r)
  context.lineTo(cx - r, cy + r)
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

/** The text, or as much of it as fits with an ellipsis. */
export function cutText(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text
  let [fits, over] = [0, text.length]
  while (over - fits > 1) {
    const middle = (fits + over) >> 1
    if (context.measureText(`${text.slice(0, middle)}…`).width <= width) fits = middle
    else over = middle
  }
  return `${text.slice(0, fits)}…`
}
