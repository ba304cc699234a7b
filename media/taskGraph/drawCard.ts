// Draws one group of the task graph: its name, kind, counts and bar.

import { type Tally, tallyOf } from '../cluster/groups.ts'
import { count, short } from '../cluster/quantity.ts'
import { cutText } from '../frame/cutText.ts'
import type { Palette } from '../frame/palette.ts'
import { barParts } from '../progress/progressRows.ts'
import type { Drawing } from './draw.ts'
import { type Box, PADDING } from './scene.ts'

/** Text smaller than this on the screen is left out: it could not be read. */
const READABLE_PIXELS = 6.5
/** Where everything is small, names alone are drawn, this high on the screen, while cards are at least so wide. */
const NAME_PIXELS = 10
const NAME_CARD_PIXELS = 48

/** Draws a group's card, or the frame and the head of its box of tasks. */
export function drawCard(
  context: CanvasRenderingContext2D,
  { groups, palette, viewport, selected, hovered }: Drawing,
  box: Box,
  index: number,
): void {
  const { colour } = palette
  const group = groups.list[box.place]
  const tally = tallyOf(groups, box.place)
  const isSelected = selected?.box === index
  context.fillStyle = colour.raised
  context.strokeStyle = isSelected ? colour.focus : hovered?.box === index ? colour.muted : colour.line
  context.lineWidth = isSelected ? 2 : 1
  context.beginPath()
  context.roundRect(box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1, 6)
  context.fill()
  context.stroke()
  drawBar(context, palette, box, tally)
  const left = box.x + PADDING
  const room = box.width - 2 * PADDING
  if (11 * viewport.scale < READABLE_PIXELS) {
    drawNameAlone(context, palette, viewport.scale, group.name, box)
    return
  }
  context.textBaseline = 'alphabetic'
  context.textAlign = 'left'
  context.fillStyle = colour.text
  context.font = `600 12.5px ${palette.font}`
  context.fillText(cutText(context, group.name, room - 18), left, box.y + 21)
  context.fillStyle = colour.muted
  context.font = `11px ${palette.font}`
  if (group.kind) context.fillText(cutText(context, group.kind, room - 18), left, box.y + 37)
  const done = tally.total === 0 ? 'no tasks' : `${short(tally.done)} / ${short(tally.total)}`
  const now =
    tally.erred > 0
      ? `${short(tally.erred)} erred`
      : tally.running > 0
        ? `${short(tally.running)} running`
        : ''
  context.fillText(done, left, box.y + 54)
  context.textAlign = 'right'
  if (now) {
    context.fillStyle = tally.erred > 0 ? colour['state-erred'] : colour.muted
    context.fillText(now, box.x + box.width - PADDING, box.y + 54)
  }
  context.textAlign = 'left'
  drawTwist(context, palette, box, hovered?.kind === 'twist' && hovered.box === index)
  if (!box.tasks) return
  const { unfolded } = box.tasks
  if (unfolded.tasks.length === 0) {
    context.fillStyle = colour.muted
    context.font = `11px ${palette.font}`
    context.fillText('done, and no longer kept', left, box.y + box.height - PADDING)
  }
  if (unfolded.tasks.length >= unfolded.total) return
  context.fillStyle = colour.muted
  context.font = `10px ${palette.font}`
  context.fillText(
    `the first ${count(unfolded.tasks.length)} of ${count(unfolded.total)}`,
    left,
    box.y + box.height + 12,
  )
}

/** The name at a size that can be read: inside a card, above a box of tasks. */
function drawNameAlone(
  context: CanvasRenderingContext2D,
  palette: Palette,
  scale: number,
  name: string,
  box: Box,
): void {
  const room = box.width - 2 * PADDING
  if (room * scale < NAME_CARD_PIXELS) return
  const height = NAME_PIXELS / scale
  context.fillStyle = palette.colour.text
  context.font = `600 ${height}px ${palette.font}`
  context.textBaseline = 'alphabetic'
  context.textAlign = 'left'
  context.fillText(
    cutText(context, name, room),
    box.x + PADDING,
    box.y + (box.tasks ? -height / 2 : 14 + height),
  )
}

function drawBar(context: CanvasRenderingContext2D, palette: Palette, box: Box, tally: Tally): void {
  const y = box.y + 61
  const height = box.tasks ? 4 : 6
  const width = box.width - 2 * PADDING
  let x = box.x + PADDING
  context.fillStyle = palette.colour.track
  context.beginPath()
  context.roundRect(x, y, width, height, height / 2)
  context.fill()
  context.save()
  context.beginPath()
  context.roundRect(x, y, width, height, height / 2)
  context.clip()
  for (const { state, share } of barParts(tally)) {
    context.fillStyle = palette.colour[`state-${state}`]
    context.fillRect(x, y, Math.max(share * width, state === 'running' || state === 'erred' ? 2 : 0), height)
    x += share * width
  }
  context.restore()
}

/** The sign that unfolds: a chevron, pointing up when it folds again. */
function drawTwist(context: CanvasRenderingContext2D, palette: Palette, box: Box, hovered: boolean): void {
  const [x, y] = [box.x + box.width - 16, box.y + 15]
  const up = box.tasks ? -1 : 1
  context.strokeStyle = hovered ? palette.colour.text : palette.colour.muted
  context.lineWidth = 1.5
  context.beginPath()
  context.moveTo(x - 4, y - 2 * up)
  context.lineTo(x, y + 2 * up)
  context.lineTo(x + 4, y - 2 * up)
  context.stroke()
}
