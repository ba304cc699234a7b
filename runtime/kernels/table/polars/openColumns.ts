// Columns of frames that tasks ask for again and again, such as those that `persist` holds: they stay open in their thread.

import { cacheBytesMax, releasedWhenShort } from '../../resultMemory.ts'
import type { Frame } from '../frame.ts'
import { decoded } from './categoryCodes.ts'
import { type NativeFrame, type NativeLazyFrame, type NativeSeries, polars } from './native.ts'
import { opened, readFile } from './nativeFrame.ts'

/** Frames that are met once are most: so many of their names are kept, to know one that comes again. */
const MET_MAX = 10_000

interface OpenColumn {
  readonly series: NativeSeries
  readonly bytes: number
}

/** By frame and column, those used last at the end. */
const open = new Map<string, OpenColumn>()
const met = new Set<string>()
let openBytes = 0

releasedWhenShort(() => {
  open.clear()
  openBytes = 0
})

/** Columns of a frame: of its buffers only theirs are opened, and those of one that comes again stay open. */
export function someColumns(frame: Frame, names: readonly string[]): NativeLazyFrame {
  const { ipc, id, rows, codes } = frame
  if (ipc.length === 0) return opened(frame).native.lazy()
  const bytes = Buffer.from(ipc.buffer, ipc.byteOffset, ipc.byteLength)
  const again = id !== undefined && comesAgain(id)
  const known = new Map(names.map((name) => [name, again ? used(`${id}\u0000${name}`) : undefined]))
  const missing = names.filter((name) => known.get(name) === undefined)
  if (missing.length > 0) {
    const own = readFile(bytes, rows, missing)
    const read = codes ? decoded(own, codes, []) : own
    if (missing.length === names.length && !again) return inOrder(read, names)
    read.columns.forEach((name, i) => {
      const series = read.selectAtIdx(i)
      known.set(name, series)
      if (again) keep(`${id}\u0000${name}`, series)
    })
  }
  return inOrder(new (polars().JsDataFrame)([...known.values()] as NativeSeries[]), names)
}

const inOrder = (native: NativeFrame, names: readonly string[]): NativeLazyFrame =>
  native.lazy().select(names.map((name) => polars().col(name)))

/** Whether a frame was met before; from now on it was. */
function comesAgain(id: string): boolean {
  const known = met.delete(id)
  met.add(id)
  if (met.size > MET_MAX) met.delete(met.values().next().value as string)
  return known
}

function used(key: string): NativeSeries | undefined {
  const column = open.get(key)
  if (!column) return undefined
  open.delete(key)
  open.set(key, column)
  return column.series
}

/** Keeps a column open, in the place of those that were not used for longest. */
function keep(key: string, series: NativeSeries): void {
  const bytes = series.estimatedSize()
  const most = cacheBytesMax()
  if (bytes > most) return
  open.set(key, { series, bytes })
  openBytes += bytes
  for (const [oldest, column] of open) {
    if (openBytes <= most) break
    open.delete(oldest)
    openBytes -= column.bytes
  }
}

/** How many bytes the columns take that stand open in this thread. */
export const openColumnBytes = (): number => openBytes
