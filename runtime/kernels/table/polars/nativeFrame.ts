// A partition as a native frame: opened from IPC bytes, closed to them, several one after another.

import { columnsFromIpc, ipcFromColumns, schemaFromIpc } from '../arrow.ts'
import type { Column } from '../columns/column.ts'
import type { OpenFrame } from '../engine.ts'
import type { Frame } from '../frame.ts'
import type { Schema } from '../schema.ts'
import { decoded } from './categoryCodes.ts'
import { type NativeFrame, type NativeLazyFrame, polars } from './native.ts'
import { piecesAs } from './nativeIpc.ts'
import { nativeType } from './nativeType.ts'
import { madeFrame } from './release.ts'

export class PolarsFrame implements OpenFrame {
  readonly native: NativeFrame
  readonly rows: number
  readonly bytes: number
  constructor(native: NativeFrame) {
    this.native = native
    this.rows = native.height
    this.bytes = native.estimatedSize()
    madeFrame(this.bytes)
  }
}

/** Frames that were opened in this thread lately: a small table that goes to every task is opened once. */
const opens = new Map<Uint8Array['buffer'], PolarsFrame>()
const OPENS_MAX = 4
const OPEN_BYTES_MAX = 64 * 2 ** 20
/** Of frames that were opened, what they were opened from. */
export const closed = new WeakMap<PolarsFrame, Frame>()

/** @param beside frames with the texts of what came with them */
export function opened(frame: Frame, beside: readonly Frame[] = []): PolarsFrame {
  const { ipc, codes } = frame
  if (frame.rows === 0 && schemaFromIpc(ipc).length === 0) return new PolarsFrame(fromColumns([], []))
  const key = ipc.buffer
  const known = key instanceof SharedArrayBuffer ? opens.get(key) : undefined
  if (known) return known
  const read = readFile(Buffer.from(ipc.buffer, ipc.byteOffset, ipc.byteLength), frame.rows)
  const made = new PolarsFrame(codes ? decoded(read, codes, beside) : read)
  if (!codes || codes.texts) closed.set(made, frame)
  if (key instanceof SharedArrayBuffer && made.bytes < OPEN_BYTES_MAX) {
    opens.set(key, made)
    if (opens.size > OPENS_MAX) opens.delete(opens.keys().next().value as SharedArrayBuffer)
  }
  return made
}

/** An IPC file of so many rows: all of its columns, or those of some names. */
export function readFile(ipc: Buffer, rows: number, columns?: readonly string[]): NativeFrame {
  try {
    return polars().readIpc(ipc, columns ? { columns } : {})
  } catch (cause) {
    // Where all columns are of no type the file has no buffers, which polars takes for a fault.
    const schema = schemaFromIpc(ipc).filter(({ name }) => columns?.includes(name) ?? true)
    if (schema.some(({ type }) => type !== 'null')) throw cause
    const absent = schema.map(({ name }) =>
      polars()
        .lit(null)
        .alias(name as never),
    )
    const beside = { name: '\u0000rows', type: 'boolean', cells: new Array<null>(rows).fill(null) } as const
    const made = fromColumns([beside], []).lazy().withColumns(absent)
    return made.select(schema.map(({ name }) => polars().col(name))).collectSync('auto')
  }
}

/** The cells of a native frame, for JavaScript. */
export const cellsOf = (native: NativeFrame): Column[] => columnsFromIpc(Buffer.concat(piecesOf(native)))

/** The bytes of an IPC file, as polars writes them: one piece a buffer of a column. */
export const piecesOf = (native: NativeFrame): Uint8Array[] =>
  // Each chunk has the dictionary of its own categories, and a file has room for one; one batch is what others look into.
  piecesAs(native.rechunk(), 'uncompressed')

/** Columns of cells as a native frame. Categories travel as texts and become themselves here. */
export function fromColumns(columns: readonly Column[], schema: Schema): NativeFrame {
  // A file without columns has nothing that polars could read.
  if (columns.length === 0) return emptyRow().select([]).collectSync('auto')
  const read = readFile(Buffer.from(ipcFromColumns(columns)), columns[0].cells.length)
  const casts = schema
    .filter(({ type }) => type === 'category')
    .map(({ name, type }) => polars().col(name).cast(nativeType(type), true))
  return casts.length === 0 ? read : read.lazy().withColumns(casts).collectSync('auto')
}

/** One row, for plans that stand on no rows. */
export const emptyRow = (): NativeLazyFrame =>
  fromColumns([{ name: 'x', type: 'boolean', cells: [true] }], []).lazy()

/** The names of the columns with categories, be they in lists or records. */
export const categoriesIn = (native: NativeFrame): string[] =>
  typesIn(native).flatMap(([name, type]) => (type.includes('Categorical') ? [name] : []))

/** The names of the columns of categories alone. */
export const onlyCategories = (native: NativeFrame): string[] =>
  typesIn(native).flatMap(([name, type]) => (type === '"Categorical"' ? [name] : []))

function typesIn(native: NativeFrame): [name: string, type: string][] {
  let types: Readonly<Record<string, unknown>>
  try {
    types = native.schema
  } catch {
    // The native classes cannot say the type of bytes to JavaScript; the head of a file can.
    const head = Buffer.concat(piecesAs(native.slice(0, 0).rechunk(), 'uncompressed'))
    return schemaFromIpc(head).map(({ name, type }) => [name, type === 'category' ? '"Categorical"' : ''])
  }
  return Object.entries(types).map(([name, type]) => [name, JSON.stringify(type)])
}

/** Frames one after another. */
export function concatenated(given: readonly Frame[], schema: Schema): NativeLazyFrame {
  const texts = given.filter(({ textsOf }) => textsOf !== undefined)
  const frames = given.filter(({ textsOf }) => textsOf === undefined)
  const filled = frames.filter(({ rows }) => rows > 0)
  if (filled.length === 0)
    // Parts without rows may have no bytes at all.
    return frames.some(({ ipc }) => ipc.length > 0)
      ? opened(frames.find(({ ipc }) => ipc.length > 0) as Frame).native.lazy()
      : fromColumns(
          schema.map(({ name, type }) => ({ name, type, cells: [] })),
          schema,
        ).lazy()
  const natives = filled.map((frame) => opened(frame, texts).native)
  const categories = schema.filter(({ type }) => type === 'category').map(({ name }) => name)
  const asTexts = natives.map((native) => {
    const known = categories.length === 0 ? [] : categoriesIn(native)
    return categories.filter((name) => !known.includes(name))
  })
  const asCategories = (lazy: NativeLazyFrame, names: readonly string[]): NativeLazyFrame =>
    names.length === 0
      ? lazy
      : lazy.withColumns(names.map((name) => polars().col(name).cast(nativeType('category'), true)))
  // Where all are texts, they become categories at once.
  const later = (asTexts[0] ?? []).filter((name) => asTexts.every((names) => names.includes(name)))
  const ready = natives.map((native, i) =>
    asCategories(
      native.lazy(),
      asTexts[i].filter((name) => !later.includes(name)),
    ),
  )
  const all = ready.length === 1 ? ready[0] : polars().concatLf(ready, 'vertical', false, true, false, true)
  return asCategories(all, later)
}
