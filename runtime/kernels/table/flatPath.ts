// What is done to a partition without an engine: rows told apart by ranges of a key, gathered, and sorted, as typed arrays over
// the bytes that frames travel in. Whatever these functions give nothing for is an engine's.

import { openArrow } from './arrow.ts'
import { closeFrame, frameName } from './closeFrame.ts'
import type { Cell } from './columns/column.ts'
import { sameType } from './dataType.ts'
import type { Engine, OpenFrame } from './engine.ts'
import { columnsIn, type ExprNode, nameOf } from './expression.ts'
import { evaluated } from './flat/evaluate.ts'
import { isFlatRow } from './flat/flatExpressions.ts'
import { type FlatColumn, type FlatFrame, flatColumns } from './flat/flatFrame.ts'
import { gatheredFile } from './flat/gatherFrames.ts'
import { rangeTargets } from './flat/rangeTargets.ts'
import { recodedFrame, usedCodes } from './flat/recode.ts'
import { scattered } from './flat/scatter.ts'
import { withScratch } from './flat/scratch.ts'
import { type Codes, type Frame, isFrame, type SplitFrame } from './frame.ts'
import { FrameReader } from './parquet/readFrame.ts'
import { withRows } from './parquet/readRows.ts'
import { namesOf } from './schema.ts'
import {
  type ColumnStep,
  partsOf,
  type RowRange,
  type SortKey,
  type Step,
  type TableSink,
  type TableSource,
} from './steps.ts'

type RangeSink = Extract<TableSink, { sink: 'range' }>

/** A list of texts goes to all targets; more of them than so many times a part's rows are cheaper in the parts. */
const TEXTS_TO_ROWS = 4

/** How many frames were made without an engine, for tests. */
export const flatWork = { gathered: 0, split: 0 }

/** Frames one behind the other, sorted where the only step says so. */
export function flatGathered(
  engine: Engine,
  source: TableSource,
  steps: readonly Step[],
  argument: unknown,
): Frame | undefined {
  const keys = sortOf(steps)
  if (!keys || (source.source !== 'frames' && (source.source !== 'frame' || source.columns))) return undefined
  const given = (isFrame(argument) ? [argument] : argument) as Frame[]
  const filled = given.filter(({ textsOf, rows }) => textsOf === undefined && rows > 0)
  if (filled.length === 0) return undefined
  const names = source.source === 'frames' ? namesOf(source.schema) : undefined
  const frames: FlatFrame[] = []
  for (const frame of filled) {
    const flat = flatColumns(frame, names)
    if (!flat) return undefined
    frames.push(flat)
  }
  const { columns } = frames[0]
  if (source.source === 'frames' && !columns.every(({ type }, i) => sameType(type, source.schema[i].type)))
    return undefined
  const coded = columns.filter(({ type }) => type === 'category').map(({ name }) => name)
  const beside = given.filter(({ textsOf }) => textsOf !== undefined)
  const own = coded.length > 0 ? inOwnCodes(engine, frames, beside) : { frames, codes: undefined }
  if (!own) return undefined
  const file = gatheredFile(own.frames, keys)
  if (!file) return undefined
  flatWork.gathered++
  return { ...file, ...frameName(file.bytes), ...(own.codes && { codes: own.codes(coded) }) }
}

/** The keys of the only step, if it is a sort of all rows; none without steps. */
function sortOf(steps: readonly Step[]): readonly SortKey[] | undefined {
  if (steps.length === 0) return []
  const [step] = steps
  return steps.length === 1 && step.step === 'sort' && step.limit === undefined ? step.keys : undefined
}

/** Frames with this thread's codes of categories, and what says what those mean. */
function inOwnCodes(
  engine: Engine,
  frames: readonly FlatFrame[],
  beside: readonly Frame[],
): { frames: readonly FlatFrame[]; codes: (columns: readonly string[]) => Codes } | undefined {
  const { categories } = engine
  const all = frames.map(({ codes }) => codes)
  if (!categories || !all.every((codes) => codes !== undefined)) return undefined
  const maps = categories.recoded(all, beside)
  const own = frames.map((frame, i) => {
    const map = maps[i]
    return map ? recodedFrame(frame, map) : frame
  })
  return { frames: own, codes: (columns) => categories.codesOf(columns, usedCodes(own)) }
}

/** A range split of frames that nothing but choices and new columns are done to. */
export function flatSplitOfFrames(
  engine: Engine,
  source: TableSource,
  steps: readonly Step[],
  sink: RangeSink,
  args: readonly unknown[],
): SplitFrame | undefined {
  const frame = onlyFrame(source, args[0])
  const rows = frame && rowsAfter(engine, flatColumns(frame), steps, () => frame)
  return rows && splitRows(engine, rows, sink, args[sink.slot] as Cell[])
}

/** Rows of parquet files that nothing but choices and new columns are done to. */
export function flatRead(
  engine: Engine,
  source: TableSource,
  steps: readonly Step[],
  args: readonly unknown[],
): Frame | undefined {
  if (source.source !== 'parquet' || !steps.every(isColumnStep)) return undefined
  return withScratch((scratch) =>
    withRows(source, args[0] as RowRange[], source.columns, engine.categories, (unread) => {
      const reader = new FrameReader(unread, engine.categories, scratch)
      const some = (names: readonly string[]): Frame | undefined =>
        reader.frame(unread.columns.flatMap((from) => (names.includes(from.name) ? [reader.read(from)] : [])))
      const here = (expr: ExprNode): FlatColumn | undefined => {
        if (!isFlatRow(expr)) return undefined
        const names = columnsIn(expr)
        const columns = unread.columns.flatMap((from) => (names.has(from.name) ? [reader.read(from)] : []))
        return evaluated(expr, { columns, rows: unread.rows })
      }
      const columns = columnsAfter(engine, unread.columns, unread.rows, steps, some, here)
      return columns && reader.frame(columns)
    }),
  )
}

/** A range split of open rows. */
export function flatSplit<F extends OpenFrame>(
  engine: Engine<F>,
  frame: F,
  sink: RangeSink,
  bounds: readonly Cell[],
): SplitFrame | undefined {
  if (frame.rows === 0 || sink.key.kind !== 'column') return undefined
  const rows = flatColumns(closeFrame(engine, frame))
  return rows && splitRows(engine as Engine, rows, sink, bounds)
}

function splitRows(
  engine: Engine,
  rows: FlatFrame,
  sink: RangeSink,
  bounds: readonly Cell[],
): SplitFrame | undefined {
  const { key, coded = [] } = sink
  const { codes, columns } = rows
  if (key.kind !== 'column') return undefined
  const column = columns.find(({ name }) => name === key.name)
  const count = partsOf(sink)
  if (!column || (codes && !isWorthSending(codes, coded, rows.rows / count))) return undefined
  const parts = withScratch((scratch) => {
    const targets = rangeTargets(column, rows.rows, sink, bounds, scratch)
    return targets && scattered(rows, targets, count)
  })
  if (!parts) return undefined
  flatWork.split++
  return { ...parts, hash: engine.hashMark(), ...(codes && { codes }) }
}

function isWorthSending({ columns, texts }: Codes, coded: readonly string[], partRows: number): boolean {
  if (!texts || !columns.every((name) => coded.includes(name))) return false
  return openArrow(texts).numRows <= TEXTS_TO_ROWS * partRows
}

/** One frame with rows, and with the texts of its categories. */
function onlyFrame(source: TableSource, argument: unknown): Frame | undefined {
  if (source.source !== 'frames' && (source.source !== 'frame' || source.columns)) return undefined
  const frames = (isFrame(argument) ? [argument] : argument) as Frame[]
  return frames.length === 1 && frames[0].rows > 0 ? frames[0] : undefined
}

/**
 * Rows after some steps: columns that are worked out come from the engine, the others are as they lie.
 * @param frameOf gives a frame with columns of these names, at least
 */
function rowsAfter(
  engine: Engine,
  whole: FlatFrame | undefined,
  given: readonly Step[],
  frameOf: (names: readonly string[]) => Frame | undefined,
): FlatFrame | undefined {
  if (given.length === 0 || !whole) return whole
  const plan = columnsAfter(engine, whole.columns, whole.rows, given, frameOf)
  const columns = plan?.map((column) => ('from' in column ? { ...column.from, name: column.name } : column))
  if (!columns) return undefined
  const coded = columns.filter(({ type }) => type === 'category').map(({ name }) => name)
  const codes = coded.length > 0 && whole.codes ? { ...whole.codes, columns: coded } : undefined
  return { rows: whole.rows, columns, ...(codes && { codes }) }
}

/** A column as it was, maybe under another name. */
interface Renamed<Column> {
  readonly name: string
  readonly from: Column
}

/**
 * The columns after some steps: those that were there, and those that are worked out.
 * @param here works out what needs no engine
 */
function columnsAfter<Column extends { readonly name: string }>(
  engine: Engine,
  given: readonly Column[],
  rows: number,
  steps: readonly Step[],
  frameOf: (names: readonly string[]) => Frame | undefined,
  here: (expr: ExprNode) => FlatColumn | undefined = () => undefined,
): (Renamed<Column> | FlatColumn)[] | undefined {
  const choices = steps.filter(isColumnStep)
  if (choices.length < steps.length) return undefined
  const plan = originsOf(
    given.map(({ name }) => name),
    choices,
  )
  const known = new Map<string, FlatColumn>()
  // What stands on columns of a step before is the engine's.
  for (const expr of choices.length === 1 ? choices[0].exprs : []) {
    const name = nameOf(expr)
    const column = plan.get(name) === undefined ? here(expr) : undefined
    if (column) known.set(name, column)
  }
  const made = [...plan].flatMap(([name, from]) => (from === undefined && !known.has(name) ? [name] : []))
  const computed = made.length === 0 ? undefined : computedColumns(engine, frameOf, choices, made)
  if (made.length > 0 && (computed?.rows !== rows || computed.codes)) return undefined
  const columns = [...plan].map(([name, origin]) => {
    if (origin === undefined) return known.get(name) ?? computed?.columns.find((each) => each.name === name)
    const from = given.find((each) => each.name === origin)
    return from && { name, from }
  })
  return columns.every((column) => column !== undefined) ? columns : undefined
}

const isColumnStep = (step: Step): step is ColumnStep => step.step === 'withColumns' || step.step === 'select'

/** For each column after the steps the one that it was; nothing for those that are worked out. */
function originsOf(names: readonly string[], steps: readonly ColumnStep[]): Map<string, string | undefined> {
  let now = new Map<string, string | undefined>(names.map((name) => [name, name]))
  for (const step of steps) {
    const before = now
    now = new Map(step.step === 'select' ? [] : before)
    for (const expr of step.exprs) {
      const from = expr.kind === 'alias' ? expr.args[0] : expr
      now.set(nameOf(expr), from.kind === 'column' ? before.get(from.name) : undefined)
    }
  }
  return now
}

/** Columns that steps work out, by what of the steps they need. */
function computedColumns(
  engine: Engine,
  frameOf: (names: readonly string[]) => Frame | undefined,
  steps: readonly ColumnStep[],
  made: readonly string[],
): FlatFrame | undefined {
  let wanted = new Set(made)
  const needed: ColumnStep[] = []
  for (const step of steps.toReversed()) {
    const exprs = step.exprs.filter((expr) => wanted.has(nameOf(expr)))
    const kept = step.step === 'select' ? [] : [...wanted].filter((name) => !isMade(exprs, name))
    wanted = new Set([...kept, ...exprs.flatMap((expr) => [...columnsIn(expr)])])
    if (exprs.length > 0) needed.unshift({ step: step.step, exprs })
  }
  // Without a column nothing would say how many rows there are.
  if (wanted.size === 0) return undefined
  const only: ColumnStep = { step: 'select', exprs: made.map((name) => ({ kind: 'column', name })) }
  const frame = frameOf([...wanted])
  const rows = frame && engine.worked?.(frame, [...wanted], [...needed, only])
  return rows?.rows === frame?.rows && rows ? flatColumns(closeFrame(engine, rows)) : undefined
}

const isMade = (exprs: readonly ExprNode[], name: string): boolean =>
  exprs.some((expr) => nameOf(expr) === name)
