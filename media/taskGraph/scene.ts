// Where everything in the task graph stands: a card a group, or a box with its tasks where it is unfolded.

import type { Groups } from '../cluster/groups.ts'
import { layeredLayout } from './layeredLayout.ts'
import type { Places } from './placeLayers.ts'
import type { UnfoldedGroup } from './reducer.ts'

export const CARD_WIDTH = 212
export const CARD_HEIGHT = 78
/** Of an unfolded group's box: its head, the edge around its tasks, and the tasks themselves. */
export const HEAD_HEIGHT = 72
export const PADDING = 12
export const CELL = 12
/** Room for the words that stand where a group has no tasks any more. */
const EMPTY_HEIGHT = CELL
export const CELL_GAP = 4

export interface Box {
  /** The group's place in `groups.list`. */
  place: number
  x: number
  y: number
  width: number
  height: number
  /** Upper left corners of its tasks in the scene, in the order of `unfolded.tasks`; absent while folded. */
  tasks?: { unfolded: UnfoldedGroup; x: Float64Array; y: Float64Array }
}

/** Which way the graph runs: from dependencies to the right, or down. */
export type Direction = 'right' | 'down'

export interface Scene {
  direction: Direction
  boxes: Box[]
  /** Pairs of indices into `boxes`. */
  edges: Uint32Array
  /** Lines between tasks: x, y where one leaves the dependency, then where it meets the dependent. */
  taskEdges: Float32Array
  width: number
  height: number
}

/**
 * Lays out the groups of some computations, or of all, with the tasks of those that are unfolded; in the direction in
 * which more of it can be read at once on `canvas`.
 */
export function sceneOf(
  groups: Groups,
  unfolded: ReadonlyMap<number, UnfoldedGroup>,
  canvas: { width: number; height: number },
  computations?: ReadonlySet<number>,
): Scene {
  const boxes: Box[] = []
  const boxOf = new Map<number, number>()
  groups.list.forEach((group, place) => {
    if (computations && !computations.has(group.computation)) return
    boxOf.set(place, boxes.length)
    const tasks = unfolded.get(group.group)
    boxes.push(
      tasks ? unfoldedBox(place, tasks) : { place, x: 0, y: 0, width: CARD_WIDTH, height: CARD_HEIGHT },
    )
  })
  const edges: number[] = []
  for (let i = 0; i < groups.edges.length; i += 2) {
    const [from, to] = [boxOf.get(groups.edges[i]), boxOf.get(groups.edges[i + 1])]
    if (from !== undefined && to !== undefined) edges.push(from, to)
  }
  const right = layout(boxes, edges, 'right')
  const down = layout(boxes, edges, 'down')
  const fits = ({ width, height }: Places): number =>
    Math.min(1, canvas.width / Math.max(1, width), canvas.height / Math.max(1, height))
  const direction = fits(down) > fits(right) * 1.1 ? 'down' : 'right'
  const { x, y, width, height } = direction === 'down' ? down : right
  boxes.forEach((box, index) => {
    box.x = x[index]
    box.y = y[index]
    if (!box.tasks) return
    for (let i = 0; i < box.tasks.x.length; i++) {
      box.tasks.x[i] += box.x + PADDING
      box.tasks.y[i] += box.y + HEAD_HEIGHT
    }
  })
  const taskEdges = linesBetweenTasks(boxes, direction)
  return { direction, boxes, edges: Uint32Array.from(edges), taskEdges, width, height }
}

function layout(boxes: readonly Box[], edges: readonly number[], direction: Direction): Places {
  const widths = boxes.map((box) => box.width)
  const heights = boxes.map((box) => box.height)
  const request = { nodes: boxes.length, edges, nodeGap: 22, rowsMax: 40 }
  if (direction === 'right') return layeredLayout({ ...request, widths, heights, layerGap: 60 })
  const { x, y, width, height } = layeredLayout({
    ...request,
    widths: heights,
    heights: widths,
    layerGap: 40,
  })
  return { x: y, y: x, width: height, height: width }
}

/** A box around a group's tasks, themselves in layers where they depend on each other. */
function unfoldedBox(place: number, unfolded: UnfoldedGroup): Box {
  const { tasks, edges } = unfolded
  const at = new Map<number, number>()
  for (let i = 0; i < tasks.length; i++) at.set(tasks[i], i)
  const inner: number[] = []
  for (let i = 0; i + 1 < edges.length; i += 2) {
    const [from, to] = [at.get(edges[i]), at.get(edges[i + 1])]
    if (from !== undefined && to !== undefined) inner.push(from, to)
  }
  const size = new Float32Array(tasks.length).fill(CELL)
  const { x, y, width, height } = layeredLayout({
    nodes: tasks.length,
    edges: inner,
    widths: size,
    heights: size,
    layerGap: inner.length > 0 ? 28 : CELL_GAP,
    nodeGap: CELL_GAP,
    rowsMax: Math.max(6, Math.ceil(Math.sqrt(tasks.length * 0.55))),
  })
  return {
    place,
    x: 0,
    y: 0,
    width: Math.max(CARD_WIDTH, width + 2 * PADDING),
    height: HEAD_HEIGHT + Math.max(height, EMPTY_HEIGHT) + PADDING,
    tasks: { unfolded, x, y },
  }
}

function linesBetweenTasks(boxes: readonly Box[], direction: Direction): Float32Array {
  const open = boxes.filter((box) => box.tasks)
  if (open.length === 0) return new Float32Array(0)
  const where = new Map<number, [Box, number]>()
  for (const box of open)
    for (const [index, task] of box.tasks!.unfolded.tasks.entries()) where.set(task, [box, index])
  const lines: number[] = []
  for (const box of open) {
    const { edges } = box.tasks!.unfolded
    for (let i = 0; i + 1 < edges.length; i += 2) {
      const from = where.get(edges[i])
      const to = where.get(edges[i + 1])
      if (!from || !to) continue
      const [a, b] = [from[0].tasks!, to[0].tasks!]
      const [x1, y1, x2, y2] = [a.x[from[1]], a.y[from[1]], b.x[to[1]], b.y[to[1]]]
      // Inside one box tasks run to the right, whichever way the groups do.
      if (direction === 'right' || from[0] === to[0]) lines.push(x1 + CELL, y1 + CELL / 2, x2, y2 + CELL / 2)
      else lines.push(x1 + CELL / 2, y1 + CELL, x2 + CELL / 2, y2)
    }
  }
  return Float32Array.from(lines)
}

export type Hit =
  | { kind: 'group'; box: number }
  /** The sign in a box's corner that folds and unfolds it. */
  | { kind: 'twist'; box: number }
  | { kind: 'task'; box: number; task: number }

/** Side of the square in a box's upper right corner that folds and unfolds. */
export const TWIST = 26

/** What stands at a point of the scene. */
export function hitAt(scene: Scene, x: number, y: number): Hit | undefined {
  const index = scene.boxes.findIndex(
    (box) => x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height,
  )
  if (index < 0) return undefined
  const box = scene.boxes[index]
  if (x > box.x + box.width - TWIST && y < box.y + TWIST) return { kind: 'twist', box: index }
  if (box.tasks) {
    const { x: xs, y: ys } = box.tasks
    const spare = CELL_GAP / 2
    for (let i = 0; i < xs.length; i++)
      if (x >= xs[i] - spare && x < xs[i] + CELL + spare && y >= ys[i] - spare && y < ys[i] + CELL + spare)
        return { kind: 'task', box: index, task: i }
  }
  return { kind: 'group', box: index }
}

/** The nearest box in a direction, for the arrow keys; −1 when there is none. */
export function boxTowards(scene: Scene, from: number, key: string): number {
  const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key]
  if (!direction) return -1
  if (from < 0) return scene.boxes.length > 0 ? 0 : -1
  const [dx, dy] = direction
  const start = scene.boxes[from]
  let best = -1
  let least = Number.POSITIVE_INFINITY
  scene.boxes.forEach((box, index) => {
    if (index === from) return
    const x = box.x + box.width / 2 - start.x - start.width / 2
    const y = box.y + box.height / 2 - start.y - start.height / 2
    const along = x * dx + y * dy
    if (along < 1) return
    // What lies straight ahead is nearer than what lies aside.
    const cost = along + 3 * Math.abs(x * dy + y * dx)
    if (cost < least) {
      least = cost
      best = index
    }
  })
  return best
}
