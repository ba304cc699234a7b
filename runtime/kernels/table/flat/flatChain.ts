// The first steps of a partition on flat columns, where they are such: groups and joins, straight from the bytes of frames. The
// engine stays the truth: whatever is not known here, and all that follows, is its own.

import { schemaFromIpc } from '../arrow.ts'
import { frameName } from '../closeFrame.ts'
import type { Engine } from '../engine.ts'
import { columnsIn, nameOf } from '../expression.ts'
import { type Frame, isFrame } from '../frame.ts'
import { type ParquetSource, readRows } from '../parquet/readRows.ts'
import type { RowRange, Step, TableSource } from '../steps.ts'
import { type Numbered, numberedTogether, renumbered, withCodes } from './categoryTexts.ts'
import { concatenatedColumn } from './concatenated.ts'
import { evaluated } from './evaluate.ts'
import { isFlatAggregate, isFlatKey, isFlatRow } from './flatExpressions.ts'
import { flatToIpc } from './flatFile.ts'
import { type FlatColumn, flatColumns } from './flatFrame.ts'
import { oneGroup } from './groupNumbers.ts'
import { groupsOf } from './groups.ts'
import { indexOf } from './joinIndexes.ts'
import { isFlatJoin, type JoinStep, joinedColumns, joinedRows, rightName } from './joinRows.ts'
import { type Scratch, withScratch } from './scratch.ts'
import { takenRows } from './takeRows.ts'

/** What the first steps gave, and how many they were. */
export interface FlatPart {
  readonly frame: Frame
  readonly steps: number
}

/** Columns, and whose codes their categories have. */
export interface FlatRows {
  readonly columns: readonly FlatColumn[]
  readonly rows: number
  readonly numbered: Numbered | undefined
}

/** Rows on their way through the steps. */
interface Rows extends FlatRows {
  /** Columns that are there, be they looked at or not. */
  readonly names: ReadonlySet<string>
}

/**
 * Takes a partition through its first steps.
 * @param args of the task: the rows, then what steps look at beside them
 * @returns nothing where the first steps are the engine's
 */
export function flatPart(
  engine: Engine,
  source: TableSource,
  steps: readonly Step[],
  args: readonly unknown[],
): FlatPart | undefined {
  const length = flatLength(steps, source)
  if (length === 0) return undefined
  const own = steps.slice(0, length)
  const wanted = namesRead(own)
  const beside = own.flatMap((step) => (step.step === 'join' ? framesOf(args[step.slot]) : []))
  const through = (from: Rows | undefined): FlatPart | undefined => {
    let rows = from
    own.forEach((step, i) => {
      rows = rows && applied(rows, step, args, namesRead(own.slice(i + 1)))
    })
    const frame = rows && closed(rows)
    return frame && { frame, steps: length }
  }
  if (source.source === 'parquet')
    return withScratch((scratch) =>
      through(read(engine, source, args[0] as RowRange[], wanted, beside, scratch)),
    )
  if (source.source !== 'frame' && source.source !== 'frames') return undefined
  const given = framesOf(args[0])
  const numbered = numberedTogether(engine.categories, [...given, ...beside])
  const only = source.source === 'frame' ? source.columns : undefined
  return through(opened(given, only, wanted, numbered))
}

const framesOf = (argument: unknown): readonly Frame[] =>
  isFrame(argument) ? [argument] : (argument as Frame[])

/**
 * How many steps stand first that are known here: up to groups, or to the end of all, so that no engine opens many rows again.
 * All rows as one group are the engine's, unless they are read here.
 */
export function flatLength(steps: readonly Step[], source?: TableSource): number {
  const isKnown = (step: Step): boolean =>
    isFlat(step) && (step.step !== 'aggregate' || step.keys.length > 0 || source?.source === 'parquet')
  const end = steps.findIndex((step) => !isKnown(step))
  const known = end < 0 ? steps : steps.slice(0, end)
  const isWhole = end < 0 && known.some(({ step }) => step === 'join')
  return isWhole || known.some(({ step }) => step === 'aggregate') ? known.length : 0
}

function isFlat(step: Step): boolean {
  switch (step.step) {
    case 'select':
    case 'withColumns':
      return step.exprs.every(isFlatRow)
    case 'aggregate':
      return step.keys.every(isFlatKey) && step.aggs.every(isFlatAggregate)
    case 'join':
      return isFlatJoin(step)
    default:
      return false
  }
}

/** The columns that steps read of the rows, or of what is joined to them; all where nothing says which. */
function namesRead(steps: readonly Step[]): ReadonlySet<string> | undefined {
  const names = new Set<string>()
  for (const step of steps) {
    if (step.step === 'join') for (const key of step.leftOn) columnsIn(key, names)
    if (step.step === 'withColumns' || step.step === 'select')
      for (const expr of step.exprs) columnsIn(expr, names)
    if (step.step === 'aggregate') for (const expr of [...step.keys, ...step.aggs]) columnsIn(expr, names)
    if (step.step === 'select' || step.step === 'aggregate') return names
  }
  return undefined
}

/** Rows of files. */
function read(
  { categories }: Engine,
  source: ParquetSource,
  ranges: readonly RowRange[],
  wanted: ReadonlySet<string> | undefined,
  beside: readonly Frame[],
  scratch: Scratch,
): Rows | undefined {
  const names = wanted ? source.columns.filter((name) => wanted.has(name)) : source.columns
  const rows = readRows(source, ranges, names, scratch, categories)
  const hasCategories = rows?.columns.some(({ type }) => type === 'category')
  const numbered = rows && numberedTogether(categories, beside, hasCategories)
  return rows && { ...rows, numbered, names: new Set(source.columns) }
}

/** Frames one behind the other. */
function opened(
  given: readonly Frame[],
  only: readonly string[] | undefined,
  wanted: ReadonlySet<string> | undefined,
  numbered: Numbered | undefined,
): Rows | undefined {
  const frames = given.filter(({ textsOf, rows }) => textsOf === undefined && rows > 0)
  if (frames.length === 0) return undefined
  const all = only ?? schemaFromIpc(frames[0].ipc).map(({ name }) => name)
  const names = wanted ? all.filter((name) => wanted.has(name)) : all
  const opens: FlatColumn[][] = []
  for (const frame of frames) {
    const flat = flatColumns(frame, names)
    if (!flat) return undefined
    opens.push([...renumbered(flat, numbered).columns])
  }
  const rows = frames.map((frame) => frame.rows)
  const columns: FlatColumn[] = []
  for (const i of names.keys()) {
    const column = concatenatedColumn({ parts: opens.map((each) => each[i]), rows })
    if (!column) return undefined
    columns.push(column)
  }
  return { columns, rows: rows.reduce((sum, count) => sum + count, 0), numbered, names: new Set(all) }
}

/** @param wanted the columns that later steps read of what this one gives; all where nothing says which */
function applied(
  from: Rows,
  step: Step,
  args: readonly unknown[],
  wanted: ReadonlySet<string> | undefined,
): Rows | undefined {
  switch (step.step) {
    case 'select': {
      const columns = columnsOf(step.exprs, from)
      return columns && withColumns(from, columns)
    }
    case 'withColumns': {
      const made = columnsOf(step.exprs, from)
      if (!made) return undefined
      const kept = from.columns.map((column) => made.find(({ name }) => name === column.name) ?? column)
      return withColumns(from, [...kept, ...made.filter((column) => !kept.includes(column))], from.names)
    }
    case 'aggregate':
      return grouped(from, step)
    case 'join':
      return joined(from, step, args[step.slot], wanted)
    default:
      return undefined
  }
}

const withColumns = (from: Rows, columns: readonly FlatColumn[], more: Iterable<string> = []): Rows => ({
  ...from,
  columns,
  names: new Set([...columns.map(({ name }) => name), ...more]),
})

function columnsOf(
  exprs: readonly Parameters<typeof evaluated>[0][],
  scope: Parameters<typeof evaluated>[1],
): FlatColumn[] | undefined {
  const columns: FlatColumn[] = []
  for (const expr of exprs) {
    const column = evaluated(expr, scope)
    if (!column) return undefined
    columns.push(column)
  }
  return columns
}

function grouped(from: Rows, step: Extract<Step, { step: 'aggregate' }>): Rows | undefined {
  const keys = columnsOf(step.keys, from)
  if (!keys) return undefined
  return withScratch((scratch) => {
    const groups = keys.length > 0 ? groupsOf(keys, from.rows, scratch) : oneGroup(from.rows)
    const aggregates = columnsOf(step.aggs, { columns: from.columns, rows: from.rows, groups })
    if (!aggregates) return undefined
    const columns = [...keys.map((key) => takenRows(key, groups.first)), ...aggregates]
    return { ...withColumns(from, columns), rows: groups.count }
  })
}

function joined(
  from: Rows,
  step: JoinStep,
  argument: unknown,
  wanted: ReadonlySet<string> | undefined,
): Rows | undefined {
  const given = framesOf(argument)
  const key = from.columns.find(({ name }) => name === nameOf(step.leftOn[0]))
  const names = step.columns.filter((name) => wanted?.has(name) ?? true)
  const rightKey = nameOf(step.rightOn[0])
  const needed = new Set([rightKey])
  for (const name of names) if (!from.names.has(name)) needed.add(rightName(name, step, from.names))
  const right = opened(given, undefined, needed, from.numbered)
  const own = right?.columns.find(({ name }) => name === rightKey)
  if (!key || !right || !own) return undefined
  const index = indexOf(given.length === 1 ? given[0].id : undefined, own)
  const rows = index && joinedRows(key, index, step.how)
  const columns = rows && joinedColumns(from.columns, right.columns, rows, step, names, from.names)
  return columns && { ...withColumns(from, columns, step.columns), rows: rows.rows }
}

/** Rows as they travel. */
export function closed({ columns, rows, numbered }: FlatRows): Frame | undefined {
  const hasCategories = columns.some(({ type }) => type === 'category')
  if (!hasCategories) return framed(columns, rows)
  if (!numbered) return undefined
  const { columns: own, codes } = withCodes(columns, rows, numbered, WORD_BYTES * columns.length * rows)
  return { ...framed(own, rows), codes }
}

function framed(columns: readonly FlatColumn[], rows: number): Frame {
  const ipc = flatToIpc(columns, rows)
  return { ipc, rows, bytes: ipc.length, ...frameName(ipc.length) }
}

/** About how long a cell is. */
const WORD_BYTES = 8
