// What the task stream's canvas shows: one rectangle a run, with runs too thin to tell apart drawn once.

import type { Rows } from './rows.ts'
import { ERRED, type Runs, TRANSFERRED } from './runs.ts'

/** Rectangles as columns, in the order of drawing. */
export interface Picture {
  length: number
  x: Float32Array
  width: Float32Array
  row: Uint16Array
  /** A colour of the palette's groups, or ERRED_COLOUR or TRANSFER_COLOUR. */
  colour: Uint8Array
}

export const ERRED_COLOUR = 254
export const TRANSFER_COLOUR = 255

export interface PictureRequest {
  fromMs: number
  toMs: number
  /** CSS pixels. */
  width: number
  /** Colour by group number. */
  colourOf: (group: number) => number
  /** Shows only this group, and transfers; the others are left out. Absent: all. */
  onlyGroup?: number
}

/**
 * Rectangles of the runs inside a window. A run narrower than a pixel that starts in the pixel where the last one of its
 * row did is left out, since a pixel shows one colour: the first, or that of a failure.
 */
export function pictureOf(runs: Runs, rows: Rows, request: PictureRequest): Picture {
  const { fromMs, toMs, width, colourOf, onlyGroup } = request
  const scale = width / (toMs - fromMs)
  const room = runs.length
  const picture: Picture = {
    length: 0,
    x: new Float32Array(room),
    width: new Float32Array(room),
    row: new Uint16Array(room),
    colour: new Uint8Array(room),
  }
  // Per row: the pixel that a thin run was drawn into last.
  const lastPixel = new Int32Array(rows.list.length).fill(-1)
  const rowOf = rowFinder(rows)
  const colours = remembered(colourOf)
  let n = 0
  for (let i = 0; i < runs.length; i++) {
    const slot = runs.first + i
    const at = slot < runs.capacity ? slot : slot - runs.capacity
    const start = runs.start[at]
    if (start > toMs || start + runs.durationMs[at] < fromMs) continue
    const what = runs.what[at]
    const group = runs.group[at]
    if (onlyGroup !== undefined && what !== TRANSFERRED && group !== onlyGroup) continue
    const row = rowOf(runs.worker[at], what === TRANSFERRED ? 0 : runs.thread[at] + 1)
    if (row < 0) continue
    const colour = what === TRANSFERRED ? TRANSFER_COLOUR : what === ERRED ? ERRED_COLOUR : colours(group)
    const x = (start - fromMs) * scale
    const wide = runs.durationMs[at] * scale
    if (wide < 1) {
      const pixel = Math.floor(x)
      if (lastPixel[row] === pixel && what !== ERRED) continue
      lastPixel[row] = pixel
    }
    picture.x[n] = x
    picture.width[n] = Math.max(1, wide)
    picture.row[n] = row
    picture.colour[n] = colour
    n++
  }
  picture.length = n
  return picture
}

/** Rows by worker and lane in one flat table: asked two hundred thousand times a picture. */
function rowFinder({ placesOf }: Rows): (worker: number, lane: number) => number {
  let [workers, lanes] = [0, 1]
  for (const [worker, places] of placesOf) {
    workers = Math.max(workers, worker + 1)
    lanes = Math.max(lanes, places.length)
  }
  const table = new Int32Array(workers * lanes).fill(-1)
  for (const [worker, places] of placesOf) table.set(places, worker * lanes)
  return (worker, lane) => (worker < workers && lane < lanes ? table[worker * lanes + lane] : -1)
}

/** Group numbers are small and dense: their colours fit a list. */
function remembered(colourOf: (group: number) => number): (group: number) => number {
  const known: number[] = []
  return (group) => {
    if (group >= 1e5) return colourOf(group)
    known[group] ??= colourOf(group)
    return known[group]
  }
}

/** The newest run at a place of the canvas, as its place in the ring's columns, or −1. */
export function runAt(
  runs: Runs,
  rows: Rows,
  { fromMs, toMs, width, onlyGroup }: PictureRequest,
  x: number,
  y: number,
): number {
  const row = rows.list.find((each) => y >= each.y && y < each.y + each.height + 1)
  if (!row) return -1
  const msPerPixel = (toMs - fromMs) / width
  const atMs = fromMs + x * msPerPixel
  let nearest = -1
  // A run thinner than a pixel can still be pointed at: two pixels around it count.
  let nearestMs = 2 * msPerPixel
  for (let i = runs.length - 1; i >= 0; i--) {
    const at = (runs.first + i) % runs.capacity
    if (runs.worker[at] !== row.worker) continue
    const transfer = runs.what[at] === TRANSFERRED
    if (transfer !== row.thread < 0 || (!transfer && runs.thread[at] !== row.thread)) continue
    if (onlyGroup !== undefined && !transfer && runs.group[at] !== onlyGroup) continue
    const offMs = Math.max(runs.start[at] - atMs, atMs - runs.start[at] - runs.durationMs[at], 0)
    if (offMs === 0) return at
    if (offMs < nearestMs) {
      nearest = at
      nearestMs = offMs
    }
  }
  return nearest
}

/** What ran in a window, by group: the longest total first. */
export interface GroupShare {
  group: number
  runs: number
  totalMs: number
}

export function sharesOf(
  runs: Runs,
  fromMs: number,
  toMs: number,
): { groups: GroupShare[]; transfers: GroupShare; erred: number } {
  const shares = new Map<number, GroupShare>()
  const transfers: GroupShare = { group: -1, runs: 0, totalMs: 0 }
  let erred = 0
  for (let i = 0; i < runs.length; i++) {
    const at = (runs.first + i) % runs.capacity
    const start = runs.start[at]
    const end = start + runs.durationMs[at]
    if (start > toMs || end < fromMs) continue
    let share = transfers
    if (runs.what[at] !== TRANSFERRED) {
      const group = runs.group[at]
      const known = shares.get(group)
      share = known ?? { group, runs: 0, totalMs: 0 }
      if (!known) shares.set(group, share)
      if (runs.what[at] === ERRED) erred++
    }
    share.runs++
    share.totalMs += Math.min(end, toMs) - Math.max(start, fromMs)
  }
  const groups = [...shares.values()].sort((a, b) => b.totalMs - a.totalMs || a.group - b.group)
  return { groups, transfers, erred }
}
