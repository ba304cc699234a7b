// The engine in JavaScript: for machines without polars. It does the common core, on columns of cells.

import { boundsAt, partAt } from '../../shuffleStage.ts'
import { ipcFromColumns } from '../arrow.ts'
import { cellBytes } from '../dataType.ts'
import type { Engine, OpenFrame } from '../engine.ts'
import type { Frame } from '../frame.ts'
import { columnsOfFrames } from '../frameColumns.ts'
import { columnsOfSource } from '../read/columnsOfSource.ts'
import type { Schema } from '../schema.ts'
import { partsOf, type Step, type TableSink } from '../steps.ts'
import { writeBytes } from '../writeBytes.ts'
import { textOf } from '../writeText.ts'
import type { Cell, Column } from './column.ts'
import { columnsStep } from './columnsStep.ts'
import { NotInColumnsError } from './elementFunctions.ts'
import { columnOf, taken } from './evaluate.ts'
import { compareCells, keyText } from './groupRows.ts'
import { hashOf, hashWords } from './hash.ts'

export class ColumnsFrame implements OpenFrame {
  readonly columns: readonly Column[]
  readonly rows: number
  readonly bytes: number
  constructor(columns: readonly Column[], rows = columns[0]?.cells.length ?? 0) {
    this.columns = columns
    this.rows = rows
    this.bytes = rows * columns.reduce((sum, { type }) => sum + cellBytes(type), 0)
  }
}

export const columnsEngine: Engine<ColumnsFrame> = {
  name: 'columns',

  async run(source, steps, args) {
    let columns = await columnsOfSource(source, args[0])
    if (source.source === 'parquet' && source.predicate) {
      const kept = columnOf(source.predicate, { columns, rows: columns[0]?.cells.length ?? 0 }).cells
      const rows = kept.flatMap((cell, row) => (cell === true ? [row] : []))
      columns = [...taken({ columns, rows: kept.length }, rows).columns]
    }
    return through(new ColumnsFrame(columns), steps, args)
  },

  continue: (frame, steps, args) => through(frame, steps, args),

  open: (frame: Frame) => new ColumnsFrame(columnsOfFrames([frame])[0], frame.rows),

  close: (frame) => ({ ipc: [ipcFromColumns(frame.columns)] }),

  pieces: (frame) => [ipcFromColumns(frame.columns)],

  openedFrom: () => undefined,

  async split(frame, sink, bounds = []) {
    const parts: number[][] = Array.from({ length: partsOf(sink) }, () => [])
    const part = partIn(frame, sink, bounds)
    for (let row = 0; row < frame.rows; row++) parts[part(row)].push(row)
    return { parts: parts.map((rows) => new ColumnsFrame(taken(frame, rows).columns, rows.length)) }
  },

  async hashes(frame, keys) {
    const columns = keys.map((key) => columnOf(key, frame).cells)
    const words = Array.from({ length: frame.rows }, (_, row) =>
      hashWords(keyText(columns.map((cells) => cells[row]))),
    )
    return { high: words.map(([high]) => high), low: words.map(([, low]) => low) }
  },

  hashMark: () => 'columns 1',

  toColumns: (frame) => [...frame.columns],

  fromColumns: (columns: readonly Column[], _schema: Schema) => new ColumnsFrame(columns),

  async write(frame, format, path, choices) {
    if (format === 'parquet') throw new NotInColumnsError('writing parquet')
    const bytes =
      format === 'ipc' ? ipcFromColumns(frame.columns) : textOf(frame.columns, frame.rows, format, choices)
    return writeBytes(path, [bytes], format === 'ipc' ? { ...choices, compression: 'none' } : choices)
  },
}

async function through(
  start: ColumnsFrame,
  steps: readonly Step[],
  args: readonly unknown[],
): Promise<ColumnsFrame> {
  let frame = start
  for (const step of steps) {
    const { columns, rows } = await columnsStep(frame, step, args)
    frame = new ColumnsFrame(columns, rows)
  }
  return frame
}

function partIn(
  frame: ColumnsFrame,
  sink: Extract<TableSink, { sink: 'hash' | 'range' | 'cut' }>,
  bounds: readonly Cell[],
): (row: number) => number {
  if (sink.sink === 'cut') return (row) => Math.floor(((row + 1) * sink.count - 1) / Math.max(1, frame.rows))
  if (sink.sink === 'hash') {
    const keys = sink.keys.map((key) => columnOf(key, frame).cells)
    return (row) => partAt(hashOf(keyText(keys.map((cells) => cells[row]))) % sink.count, sink.stage)
  }
  const limits = boundsAt(bounds, sink.stage)
  const { cells } = columnOf(sink.key, frame)
  return (row) => {
    const cell = cells[row]
    if (cell === null) return sink.nullsFirst ? 0 : limits.length
    let passed = 0
    for (const bound of limits) {
      const order = typeof cell === 'boolean' ? Number(cell) - Number(bound) : compareCells(cell, bound)
      if (sink.descending ? order <= 0 : order >= 0) passed++
    }
    return passed
  }
}
