// A task graph as a drawing: SVG text, in layers from what is read first to what is asked for; or the same as PNG.

import { writeFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { buildTogether, type Collection } from '../graph/collection.ts'
import { TaskGraph, TaskRef } from '../graph/taskGraph.ts'
import { givenText } from '../kernels/givenText.ts'
import { checked } from './compute.ts'
import { pngOf } from './png.ts'

/** A graph cannot be drawn: it is too large to be read task by task, or the file's ending names no kind of drawing. */
export class DrawingError extends RangeError {
  override name = 'DrawingError'
}

const MAX_TASKS = 5000
const BOX = { width: 132, height: 26, gapX: 18, gapY: 44, margin: 16 }

interface Box {
  x: number
  y: number
  label: string
}

/**
 * Draws the tasks of one or several collections, what they share once. In VS Code the Task Graph panel shows them live.
 * @param path a file to write, ending in `.svg` or `.png`
 * @returns the path, or without one the drawing as SVG text
 * @throws {DrawingError} when there are more than 5,000 tasks, or the file ends in something else
 * @example (await visualize(bag.range(4, { partitions: 2 }).sum())).startsWith('<svg') // true
 */
export async function visualize(
  collections: Collection | readonly Collection[],
  path?: string,
): Promise<string> {
  if (path !== undefined && typeof path !== 'string')
    throw new DrawingError(
      `visualize takes the path of a file that ends in .svg or .png, not ${givenText(path)}`,
    )
  const ending = path === undefined ? '.svg' : extname(path).toLowerCase()
  if (ending !== '.svg' && ending !== '.png')
    throw new DrawingError(`${path} should end in .svg or .png: drawings are written as one of these`)
  const all = (Array.isArray(collections) ? collections : [collections]).map((each) =>
    checked(each, 'visualize'),
  )
  await Promise.all(all.map((collection) => collection.prepare?.()))
  const svg = drawing(all)
  if (path === undefined) return svg
  await writeFile(path, ending === '.png' ? await pngOf(svg) : svg)
  return path
}

/**
 * Draws the tasks of collections.
 * @returns SVG text that any browser shows
 * @throws {DrawingError} when there are more than 5,000 tasks
 */
export function drawing(collections: readonly Collection[]): string {
  const graph = new TaskGraph()
  buildTogether(graph, collections)
  if (graph.size > MAX_TASKS)
    throw new DrawingError(
      `a graph of ${graph.size.toLocaleString('en-US')} tasks cannot be read as a drawing: draw a part of it, or open the Task Graph panel`,
    )
  const edges = graph.args.map((_, task) => [...new Set(dependenciesIn(graph.argsOf(task)))])
  const boxes = placed(graph, edges)
  const width = Math.max(0, ...boxes.map((box) => box.x)) + BOX.width + BOX.margin
  const height = Math.max(0, ...boxes.map((box) => box.y)) + BOX.height + BOX.margin
  const lines = edges.flatMap((from, to) => from.map((index) => edge(boxes[index], boxes[to])))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    ...lines,
    ...boxes.map(boxed),
    '</svg>',
    '',
  ].join('\n')
}

/** The tasks that an argument list refers to. */
function dependenciesIn(args: readonly unknown[]): number[] {
  const found: number[] = []
  const stack: unknown[] = [...args]
  for (let value = stack.pop(); stack.length > 0 || value !== undefined; value = stack.pop()) {
    if (value instanceof TaskRef) found.push(value.index)
    else if (Array.isArray(value)) stack.push(...value)
    else if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
      stack.push(...Object.values(value))
  }
  return found
}

/** A layer is one further than the furthest dependency's; within a layer, tasks stand near what they depend on. */
function placed(graph: TaskGraph, edges: readonly number[][]): Box[] {
  const layers: number[][] = []
  const layerOf: number[] = []
  for (let task = 0; task < graph.size; task++) {
    const layer = edges[task].reduce((deepest, from) => Math.max(deepest, layerOf[from] + 1), 0)
    layerOf.push(layer)
    layers[layer] ??= []
    layers[layer].push(task)
  }
  const boxes: Box[] = new Array(graph.size)
  const widest = Math.max(1, ...layers.map((layer) => layer.length))
  layers.forEach((tasks, layer) => {
    const centre = (task: number): number =>
      edges[task].length === 0
        ? 0
        : edges[task].reduce((sum, from) => sum + boxes[from].x, 0) / edges[task].length
    const sorted =
      layer === 0
        ? tasks
        : tasks
            .map((task) => ({ task, at: centre(task) }))
            .sort((a, b) => a.at - b.at)
            .map(({ task }) => task)
    const shift = ((widest - sorted.length) * (BOX.width + BOX.gapX)) / 2
    sorted.forEach((task, i) => {
      boxes[task] = {
        x: BOX.margin + shift + i * (BOX.width + BOX.gapX),
        y: BOX.margin + layer * (BOX.height + BOX.gapY),
        label: graph.groups[graph.group[task]].name,
      }
    })
  })
  return boxes
}

function edge(from: Box, to: Box): string {
  const x1 = from.x + BOX.width / 2
  const y1 = from.y + BOX.height
  const x2 = to.x + BOX.width / 2
  const middle = (y1 + to.y) / 2
  return `<path d="M${x1},${y1} C${x1},${middle} ${x2},${middle} ${x2},${to.y}" fill="none" stroke="#888" stroke-width="1"/>`
}

function boxed({ x, y, label }: Box): string {
  const text = label.length > 20 ? `${label.slice(0, 19)}…` : label
  return (
    `<g><title>${escaped(label)}</title><rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="5" fill="#dbe9f6" stroke="#4a7fb5"/>` +
    `<text x="${x + BOX.width / 2}" y="${y + BOX.height / 2 + 4}" text-anchor="middle" fill="#1d3a56">${escaped(text)}</text></g>`
  )
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
