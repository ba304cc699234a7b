// Categories between tasks: cells travel as the numbers that polars has for them, and texts only once beside them. Where they
// were numbered they need not be read.

import { randomUUID } from 'node:crypto'
import { releasedWhenShort } from '../../resultMemory.ts'
import type { Codes, Frame } from '../frame.ts'
import { type NativeExpr, type NativeFrame, polars } from './native.ts'
import { numbersOf } from './nativeIpc.ts'
import { nativeType } from './nativeType.ts'

const CODE = 'code'
const TEXT = 'text'
const NO_CODE = 2 ** 32 - 1
/** Numberings of other threads that this one has the texts of, at most. */
const OTHERS_MAX = 64
/** So many lists of texts are known not to bring anything new. */
const MET_MAX = 10_000

const thread = randomUUID()
let numberings = 0
let lists = 0
/** polars numbers categories anew once no column of them is left: one stays for as long as the numbering is in use. */
let own: { readonly name: string; readonly column: NativeFrame } | undefined
/** By the numbering of another thread: this one's code for each of its codes. */
const others = new Map<string, { codes: Uint32Array; readonly met: Set<string> }>()

releasedWhenShort(() => {
  own = undefined
  others.clear()
})

const asCategory = (column: NativeExpr): NativeExpr => column.cast(nativeType('category'), true)
const asText = (column: NativeExpr): NativeExpr => column.cast(nativeType('string'), true)

/** The name under which this thread's categories have their numbers now. */
function numbering(): string {
  if (!own) {
    const text = polars()
      .lit('')
      .alias(TEXT as never)
    const row = new (polars().JsDataFrame)([polars().JsSeries.newUint32Array(CODE, new Uint32Array(1))])
    const column = row
      .lazy()
      .select([asCategory(text)])
      .collectSync('auto')
    own = { name: `${thread}/${numberings++}`, column }
  }
  return own.name
}

/** Rows with the categories of some columns as codes. */
export interface CodedFrame {
  readonly native: NativeFrame
  readonly codes: Omit<Codes, 'texts'>
  /** The texts of all codes that come. */
  readonly texts: NativeFrame
}

/**
 * Columns of categories as codes.
 * @param distinctMax a column with more different values stays as it is
 */
export function coded(
  native: NativeFrame,
  names: readonly string[],
  distinctMax = Number.POSITIVE_INFINITY,
): CodedFrame | undefined {
  const used = names.flatMap((name) => {
    const codes = polars().col(name).toPhysical().unique().dropNulls()
    const distinct = native
      .lazy()
      .select([codes.alias(CODE as never)])
      .collectSync('auto')
    return distinct.height > distinctMax ? [] : [{ name, distinct }]
  })
  if (used.length === 0) return undefined
  const all = used.map(({ distinct }) => distinct.lazy())
  const each = all.length === 1 ? all[0] : polars().concatLf(all, 'vertical', false, true, false, false)
  const code = polars().col(CODE)
  const once = each.select([all.length === 1 ? code : code.unique()])
  const columns = used.map(({ name }) => name)
  return {
    native: native
      .lazy()
      .withColumns(columns.map((name) => polars().col(name).toPhysical()))
      .collectSync('auto'),
    codes: { columns, numbering: numbering(), textsId: `${numbering()}/${lists++}` },
    texts: once.withColumns([asText(asCategory(code)).alias(TEXT as never)]).collectSync('auto'),
  }
}

/**
 * Rows with their categories again.
 * @param beside frames that carry the texts of parts of a shuffle
 */
export function decoded(native: NativeFrame, codes: Codes, beside: readonly Frame[]): NativeFrame {
  const present = new Set(native.columns)
  const columns = codes.columns.filter((name) => present.has(name))
  if (columns.length === 0) return native
  const isOwn = codes.numbering === numbering()
  const map = isOwn
    ? undefined
    : polars().litSeries(polars().JsSeries.newUint32Array(CODE, mapOf(codes, beside)))
  const exprs = columns.map((name) => {
    const column = polars().col(name)
    return asCategory(map ? map.gather(column) : column).alias(name as never)
  })
  return native.lazy().withColumns(exprs).collectSync('auto')
}

/** This thread's code for each code of another numbering, as far as texts have come. */
function mapOf({ numbering: other, texts, textsId }: Codes, beside: readonly Frame[]): Uint32Array {
  const known = others.get(other) ?? { codes: new Uint32Array(0), met: new Set<string>() }
  const lists = texts
    ? [{ ipc: texts, id: textsId }]
    : beside.filter(({ textsOf, ipc }) => textsOf === other && ipc.length > 0)
  for (const { ipc, id = '' } of lists) {
    if (known.met.has(id)) continue
    const read = polars()
      .readIpc(Buffer.from(ipc.buffer, ipc.byteOffset, ipc.byteLength), {})
      .lazy()
    const theirs = numbersOf(read.select([polars().col(CODE)]).collectSync('auto'))
    const ours = numbersOf(read.select([asCategory(polars().col(TEXT)).toPhysical()]).collectSync('auto'))
    known.codes = entered(known.codes, theirs, ours)
    if (known.met.size >= MET_MAX) known.met.clear()
    known.met.add(id)
  }
  others.delete(other)
  others.set(other, known)
  if (others.size > OTHERS_MAX) others.delete(others.keys().next().value as string)
  return known.codes
}

function entered(known: Uint32Array, theirs: Uint32Array, ours: Uint32Array): Uint32Array {
  const size = theirs.reduce((most, code) => Math.max(most, code + 1), known.length)
  const map = size > known.length ? new Uint32Array(size).fill(NO_CODE) : known
  if (map !== known) map.set(known)
  theirs.forEach((code, i) => {
    map[code] = ours[i]
  })
  return map
}
