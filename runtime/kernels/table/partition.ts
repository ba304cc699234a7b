// The kernels of tables: a whole fused chain on one partition, and what brings partitions together.

import { keptNothing, kernel } from '../kernel.ts'
import { Parts } from '../parts.ts'
import { giveBack } from '../resultMemory.ts'
import { tableEngine } from './choose.ts'
import { closeFrame, closeParts } from './closeFrame.ts'
import type { Cell } from './columns/column.ts'
import { compareCells } from './columns/groupRows.ts'
import { recordsOf, valueFromCell } from './columns/values.ts'
import type { OpenFrame } from './engine.ts'
import { nameOf } from './expression.ts'
import { flatLength, flatPart } from './flat/flatChain.ts'
import { flatGathered, flatRead, flatSplit, flatSplitOfFrames } from './flatPath.ts'
import { type Frame, isFrame, partOf, type SplitFrame, textsOf } from './frame.ts'
import { requireOneHash } from './mixedHash.ts'
import { countQuotes } from './read/byteRange.ts'
import { sketchOf } from './sketch/sketchPartition.ts'
import { type FileRange, partsOf, type Step, type TableSink, type TableSource } from './steps.ts'
import { writePartition } from './writePartition.ts'

/** What one partition adds to the first rows: some of its rows, and how many there are by now. */
interface Taken {
  frame: Frame
  total: number
}

/** Rows, and some values of a key. */
interface Sampled {
  frame: Frame
  sample: Cell[]
}

/** Reads a partition, takes it through all steps, and gives what the sink makes of it. */
export const runTable = kernel(
  'table.partition',
  (source: TableSource, steps: readonly Step[], sink: TableSink, ...args: unknown[]): unknown => {
    if (source.source === 'frames') requireSameHash(args[0])
    const flat = withoutEngine(source, steps, sink, args)
    // Of frames that are only looked at where they lie nothing stays open.
    if (flat) keptNothing()
    if (!flat) return byEngine(source, steps, sink, args)
    return isFrame(flat) ? flat : inParts(flat, sink)
  },
)

/** Sorted, gathered, split, grouped and joined rows, where nothing else is done to them. */
function withoutEngine(
  source: TableSource,
  steps: readonly Step[],
  sink: TableSink,
  args: readonly unknown[],
): Frame | SplitFrame | undefined {
  if (sink.sink === 'frame') {
    if (steps.length === 0 && onlyFrame(source, args[0])) return undefined
    const isKnown = flatLength(steps, source) === steps.length
    return (
      flatGathered(tableEngine(), source, steps, args[0]) ??
      (isKnown ? flatPart(tableEngine(), source, steps, args)?.frame : undefined) ??
      flatRead(tableEngine(), source, steps, args)
    )
  }
  return sink.sink === 'range' ? flatSplitOfFrames(tableEngine(), source, steps, sink, args) : undefined
}

async function byEngine(
  source: TableSource,
  steps: readonly Step[],
  sink: TableSink,
  args: readonly unknown[],
): Promise<unknown> {
  const engine = tableEngine()
  if (sink.sink === 'take') return take(source, steps, sink, args)
  const unchanged = steps.length === 0 && sink.sink === 'frame' && onlyFrame(source, args[0])
  if (unchanged) return unchanged
  // Rows that nothing is done with are counted already.
  if (sink.sink === 'rows' && steps.length === 0 && source.source === 'frame') return (args[0] as Frame).rows
  const few = sink.sink === 'hash' && sink.chosen !== undefined ? Number(args[sink.chosen]) : undefined
  const alone = few === 1 && steps.length === 0 ? onlyFrame(source, args[0]) : undefined
  if (alone) return allInFirst(alone, sink as SplitSink)
  const gathered = sink.sink === 'frame' ? flatGathered(engine, source, steps, args[0]) : undefined
  if (gathered) return gathered
  const split = sink.sink === 'range' ? await flatSplitOfFrames(engine, source, steps, sink, args) : undefined
  if (split) return inParts(split, sink)
  const isTried = sink.sink === 'frame' && flatLength(steps, source) === steps.length
  const flat = isTried ? undefined : flatPart(engine, source, steps, args)
  const frame = flat
    ? await engine.run({ source: 'frame' }, steps.slice(flat.steps), [flat.frame, ...args.slice(1)])
    : await engine.run(source, steps, args)
  switch (sink.sink) {
    case 'frame':
      // States that are made of hashes merge with those of the same hash alone.
      return steps.some(({ step }) => step === 'sketch')
        ? { ...closeFrame(engine, frame), hash: engine.hashMark() }
        : closeFrame(engine, frame)
    case 'rows':
      return frame.rows
    case 'hash':
      return inParts(
        closeParts(engine, await engine.split(frame, few === undefined ? sink : { ...sink, count: few })),
        sink,
      )
    case 'cut':
      return inParts(closeParts(engine, await engine.split(frame, sink)), sink)
    case 'range': {
      const bounds = args[sink.slot] as Cell[]
      const rows =
        flatSplit(engine, frame, sink, bounds) ?? closeParts(engine, await engine.split(frame, sink, bounds))
      return inParts(rows, sink)
    }
    case 'each': {
      const parts: OpenFrame[] = []
      for (const beside of args[sink.slot] as Frame[])
        parts.push(await engine.continue(frame, sink.steps, [beside]))
      return inParts(closeParts(engine, { parts }), sink)
    }
    case 'sampled': {
      const sample = await sampleOf(frame, sink)
      return sink.alone ? sample : ({ frame: closeFrame(engine, frame), sample } satisfies Sampled)
    }
    case 'sketch':
      return sketchOf(engine, frame, sink.spec)
    case 'write':
      return writePartition(engine, frame, sink, args[sink.slot] as string)
  }
}

/** One frame that nothing is done with stays as it is. */
function onlyFrame(source: TableSource, argument: unknown): Frame | undefined {
  if (source.source === 'frame') return source.columns ? undefined : (argument as Frame)
  if (source.source !== 'frames') return undefined
  const frames = (isFrame(argument) ? [argument] : argument) as Frame[]
  return frames.length === 1 ? frames[0] : undefined
}

function requireSameHash(argument: unknown): void {
  const frames = (isFrame(argument) ? [argument] : argument) as Frame[]
  requireOneHash(frames.map(({ hash }) => hash))
}

async function take(
  source: TableSource,
  steps: readonly Step[],
  sink: Extract<TableSink, { sink: 'take' }>,
  args: readonly unknown[],
): Promise<Taken> {
  const engine = tableEngine()
  const before = args[sink.slot] as number
  const wanted = Math.max(0, sink.count - before)
  // Nothing is read, let alone worked on, once there is enough.
  if (wanted === 0) return { frame: { ipc: new Uint8Array(0), rows: 0, bytes: 0 }, total: before }
  const frame = await engine.run(source, [...steps, { step: 'slice', offset: 0, length: wanted }], args)
  return { frame: closeFrame(engine, frame), total: before + frame.rows }
}

type SplitSink = Extract<TableSink, { sink: 'hash' }>

/** A split that sends all rows to the first target: they are what they were. */
function allInFirst(frame: Frame, sink: SplitSink): Parts {
  const { id: _, ...rows } = frame
  const hash = tableEngine().hashMark()
  const others = Array.from({ length: partsOf(sink) - 1 }, (): Frame => ({ ...NO_ROWS, hash }))
  const texts = sink.coded ? [textsOf(undefined)] : []
  return new Parts([{ ...rows, hash }, ...others, ...texts])
}

const NO_ROWS: Frame = { ipc: new Uint8Array(0), rows: 0, bytes: 0 }

/** What a split gives: a frame for each target, and behind them the texts of all, where categories travel as codes. */
function inParts(split: SplitFrame, sink: TableSink): Parts {
  const frames = split.rows.map((_, target) => partOf(split, target))
  if ('coded' in sink && sink.coded) frames.push(textsOf(split.codes))
  // It was a step in between: parts have bytes of their own.
  giveBack(split.bytes.buffer)
  return new Parts(frames)
}

/** About how many bytes the rows of a frame take: texts count as they lie in it where the engine does not know. */
export const bytesOf = kernel('table.bytesOf', ({ bytes, ipc }: Frame): number => Math.max(bytes, ipc.length))

/** So much is gathered in one target before others are used. */
const TARGET_BYTES = 16 * 2 ** 20

/** To how many of `targets` states of groups go, by how large all of them were found to be. */
export const chosenTargets = kernel(
  'table.chosenTargets',
  (targets: number, sizes: readonly number[]): number =>
    Math.max(1, Math.min(targets, Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / TARGET_BYTES))),
)

/** How many values of a key one partition shows, at least, where it has as many. */
const SAMPLE = 512

async function sampleOf(frame: OpenFrame, sink: Extract<TableSink, { sink: 'sampled' }>): Promise<Cell[]> {
  const engine = tableEngine()
  const n = Math.max(1, Math.floor(frame.rows / SAMPLE))
  const some: Step[] = [
    { step: 'select', exprs: [sink.key] },
    { step: 'every', n },
  ]
  const column = engine.toColumns(await engine.continue(frame, some, []))
  const cells = column.find(({ name }) => name === nameOf(sink.key))?.cells ?? []
  return cells.filter((cell) => cell !== null)
}

/** Bounds between `count` targets, at even shares of what was seen; fewer where few values come often. */
export const rangeBounds = kernel(
  'table.bounds',
  (count: number, descending: boolean, samples: readonly (readonly Cell[])[]): Cell[] => {
    const all = samples.flat(1).sort((a, b) => order(a, b) * (descending ? -1 : 1))
    const bounds: Cell[] = []
    for (let i = 1; i < count && all.length > 0; i++) bounds.push(all[Math.floor((i * all.length) / count)])
    // Every target is there, be it empty: the graph was built for so many.
    while (bounds.length < count - 1) bounds.push(bounds.at(-1) ?? null)
    return bounds
  },
)

const order = (a: Cell, b: Cell): number =>
  typeof a === 'boolean' ? Number(a) - Number(b) : compareCells(a, b)

/** Quotes in a part of a file, and from those of all parts, which begin inside quotes. */
export const quotesIn = kernel(
  'table.quotes',
  (quote: string, range: FileRange): Promise<number> => countQuotes(range, quote),
)

export const startsInQuotes = kernel('table.quoteStarts', (counts: readonly number[]): boolean[] => {
  let total = 0
  return counts.map((count) => {
    const inside = total % 2 === 1
    total += count
    return inside
  })
})

/** A CSV partition's ranges, each with whether it begins inside quotes. */
export const quotedRanges = kernel(
  'table.quotedRanges',
  (
    ranges: readonly FileRange[],
    starts: readonly (readonly boolean[])[],
    indexes: readonly (readonly [number, number])[],
  ): unknown => [ranges, indexes.map(([file, part]) => starts[file]?.[part] ?? false)],
)

/** The one cell of a frame, as a value. */
export const onlyCell = kernel('table.cell', (frame: Frame): unknown => {
  const engine = tableEngine()
  const [column] = engine.toColumns(engine.open(frame))
  return valueFromCell(column.cells[0] ?? null, column.type)
})

export const sumOfNumbers = kernel('table.sum', (numbers: readonly number[]): number =>
  numbers.reduce((total, each) => total + each, 0),
)

/** A frame as records. */
export const frameRecords = kernel('table.records', (frame: Frame): unknown[] => {
  const engine = tableEngine()
  return recordsOf(engine.toColumns(engine.open(frame)), frame.rows)
})
