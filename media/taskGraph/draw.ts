// Draws the task graph: edges, cards, and tasks as squares in the colour of their state.

import type { Groups } from '../cluster/groups.ts'
import type { Palette } from '../frame/palette.ts'
import { drawCard } from './drawCard.ts'
import { type Box, CELL, CELL_GAP, type Direction, type Hit, type Scene } from './scene.ts'
import type { Viewport } from './viewport.ts'

export interface Drawing {
  scene: Scene
  groups: Groups
  viewport: Viewport
  palette: Palette
  selected: Hit | undefined
  hovered: Hit | undefined
}

export function drawGraph(
  context: CanvasRenderingContext2D,
  size: { width: number; height: number },
  drawing: Drawing,
): void {
  const { scene, viewport } = drawing
  context.save()
  context.translate(viewport.x, viewport.y)
  context.scale(viewport.scale, viewport.scale)
  const view = {
    left: -viewport.x / viewport.scale,
    top: -viewport.y / viewport.scale,
    right: (size.width - viewport.x) / viewport.scale,
    bottom: (size.height - viewport.y) / viewport.scale,
  }
  drawEdges(context, drawing)
  scene.boxes.forEach((box, index) => {
    if (
      box.x > view.right ||
      box.y > view.bottom ||
      box.x + box.width < view.left ||
      box.y + box.height < view.top
    )
      return
    drawCard(context, drawing, box, index)
    if (box.tasks) drawTasks(context, drawing, box, index, view)
  })
  drawTaskEdges(context, drawing, view)
  context.restore()
}

function drawEdges(context: CanvasRenderingContext2D, { scene, palette, viewport, selected }: Drawing): void {
  const thin = Math.max(1.25, 0.6 / viewport.scale)
  for (let i = 0; i < scene.edges.length; i += 2) {
    const [from, to] = [scene.boxes[scene.edges[i]], scene.boxes[scene.edges[i + 1]]]
    const marked =
      selected !== undefined && (selected.box === scene.edges[i] || selected.box === scene.edges[i + 1])
    context.strokeStyle = marked ? palette.colour.accent : palette.colour.muted
    context.globalAlpha = marked ? 0.9 : 0.45
    context.lineWidth = marked ? thin * 1.4 : thin
    context.fillStyle = context.strokeStyle
    if (from === to) drawLoop(context, from)
    else drawEdge(context, from, to, scene.direction)
  }
  context.globalAlpha = 1
}

/** A curve from box to box with its head. */
function drawEdge(context: CanvasRenderingContext2D, from: Box, to: Box, direction: Direction): void {
  context.beginPath()
  if (direction === 'right') {
    const [x1, y1] = [from.x + from.width, from.y + from.height / 2]
    const [x2, y2] = [to.x, to.y + to.height / 2]
    const bend = Math.max(28, Math.abs(x2 - x1) * 0.45)
    context.moveTo(x1, y1)
    context.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2 - 5, y2)
    context.stroke()
    context.beginPath()
    context.moveTo(x2, y2)
    context.lineTo(x2 - 8, y2 - 4)
    context.lineTo(x2 - 8, y2 + 4)
  } else {
    const [x1, y1] = [from.x + from.width / 2, from.y + from.height]
    const [x2, y2] = [to.x + to.width / 2, to.y]
    const bend = Math.max(18, Math.abs(y2 - y1) * 0.45)
    context.moveTo(x1, y1)
    context.bezierCurveTo(x1, y1 + bend, x2, y2 - bend, x2, y2 - 5)
    context.stroke()
    context.beginPath()
    context.moveTo(x2, y2)
    context.lineTo(x2 - 4, y2 - 8)
    context.lineTo(x2 + 4, y2 - 8)
  }
  context.fill()
}

/** A group whose tasks depend on each other, e.g. a tree of merges. */
function drawLoop(context: CanvasRenderingContext2D, box: Box): void {
  const x = box.x + box.width - 60
  context.beginPath()
  context.moveTo(x, box.y)
  context.bezierCurveTo(x + 6, box.y - 22, x - 46, box.y - 22, x - 40, box.y)
  context.stroke()
}

interface View {
  left: number
  top: number
  right: number
  bottom: number
}

function drawTasks(
  context: CanvasRenderingContext2D,
  { palette, selected, viewport }: Drawing,
  box: Box,
  index: number,
  view: View,
): void {
  const { unfolded, x, y } = box.tasks!
  const { states } = unfolded
  // Where gaps cannot be seen, neighbours of one state are drawn as one: a hundred thousand squares are a few hundred then.
  const joined = viewport.scale * CELL_GAP < 1.2
  const side = joined ? CELL + CELL_GAP : CELL
  // One path a state: changing the colour is what costs.
  for (let state = 0; state < palette.states.length; state++) {
    context.fillStyle = palette.states[state]
    context.beginPath()
    for (let i = 0; i < x.length; i++) {
      if (states[i] !== state) continue
      const first = i
      if (joined)
        while (
          i + 1 < x.length &&
          states[i + 1] === state &&
          x[i + 1] === x[first] &&
          y[i + 1] - y[i] === side
        )
          i++
      if (x[i] > view.right || y[first] > view.bottom || x[i] + CELL < view.left || y[i] + CELL < view.top)
        continue
      context.rect(x[i], y[first], side, y[i] - y[first] + side)
    }
    context.fill()
  }
  if (viewport.scale > 0.5) {
    // Failed tasks carry a cross too, so that they do not stand out by colour alone.
    context.strokeStyle = palette.colour.surface
    context.lineWidth = 1.5
    context.beginPath()
    for (let i = 0; i < x.length; i++) {
      if (unfolded.states[i] !== 4) continue
      context.moveTo(x[i] + 3, y[i] + 3)
      context.lineTo(x[i] + CELL - 3, y[i] + CELL - 3)
      context.moveTo(x[i] + CELL - 3, y[i] + 3)
      context.lineTo(x[i] + 3, y[i] + CELL - 3)
    }
    context.stroke()
  }
  if (selected?.kind !== 'task' || selected.box !== index) return
  context.strokeStyle = palette.colour.focus
  context.lineWidth = 2
  context.strokeRect(x[selected.task] - 2, y[selected.task] - 2, CELL + 4, CELL + 4)
}

/** More lines than this in view are a blur: then only every n-th is drawn. */
const LINES_MAX = 6000

function drawTaskEdges(
  context: CanvasRenderingContext2D,
  { scene, palette, viewport }: Drawing,
  view: View,
): void {
  const { taskEdges } = scene
  if (taskEdges.length === 0) return
  const every = Math.ceil(taskEdges.length / 4 / LINES_MAX)
  context.strokeStyle = palette.colour.muted
  context.globalAlpha = 0.28
  context.lineWidth = Math.max(0.75, 0.5 / viewport.scale)
  context.beginPath()
  for (let i = 0; i < taskEdges.length; i += 4 * every) {
    const [x1, y1, x2, y2] = [taskEdges[i], taskEdges[i + 1], taskEdges[i + 2], taskEdges[i + 3]]
    if (Math.max(x1, x2) < view.left || Math.min(x1, x2) > view.right) continue
    if (Math.max(y1, y2) < view.top || Math.min(y1, y2) > view.bottom) continue
    const middle = (x1 + x2) / 2
    context.moveTo(x1, y1)
    context.bezierCurveTo(middle, y1, middle, y2, x2, y2)
  }
  context.stroke()
  context.globalAlpha = 1
}
