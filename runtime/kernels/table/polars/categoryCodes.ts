// Categories between tasks: cells travel as the numbers that polars has for them, and texts only once beside them. Where they
// were numbered they need not be read.

import { randomUUID } from 'node:crypto'
import { cacheBytesMax, giveBack, releasedWhenShort, resultBytes } from '../../resultMemory.ts'
import { flatToIpc } from '../flat/flatFile.ts'
import type { FlatTexts } from '../flat/flatFrame.ts'
import { TextNumbers } from '../flat/textNumbers.ts'
import type { Codes, Frame } from '../frame.ts'
import { requireTexts } from '../lostTexts.ts'
import { type NativeExpr, type NativeFrame, type NativeLazyFrame, polars } from './native.ts'
import { numbersOf, piecesAs } from './nativeIpc.ts'
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
  lastList = undefined
  met = undefined
  others.clear()
})

const asCategory = (column: NativeExpr): NativeExpr => column.cast(nativeType('category'), true)
const asText = (column: NativeExpr): NativeExpr => column.cast(nativeType('string'), true)

/** The name under which this thread's categories have their numbers now. */
export function numbering(): string {
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
    texts: withTexts(once),
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

/**
 * This thread's code for each code of some frames, as far as their texts have come; nothing where a frame has this thread's own.
 * @param beside frames that carry the texts of parts of a shuffle
 */
export const recoded = (all: readonly Codes[], beside: readonly Frame[]): (Uint32Array | undefined)[] =>
  all.map((codes) => (codes.numbering === numbering() ? undefined : mapOf(codes, beside)))

/** Codes of texts that were read from files, by this thread's numbering: polars takes ten times as long to find them. */
let met: { readonly name: string; readonly texts: TextNumbers } | undefined

/** This thread's code for each of some texts. */
export function numbered(
  texts: Pick<FlatTexts, 'views' | 'buffers'>,
  count: number,
): Uint32Array<ArrayBuffer> {
  const name = numbering()
  if (met?.name !== name || met.texts.byteLength > cacheBytesMax() / 2)
    met = { name, texts: new TextNumbers() }
  const codes = new Uint32Array(count)
  const unknown = met.texts.find(texts, count, codes)
  if (unknown.length === 0) return codes
  const views = new Uint32Array(4 * unknown.length)
  for (const [i, row] of unknown.entries())
    for (let word = 0; word < 4; word++) views[4 * i + word] = texts.views[4 * row + word]
  const found = codesByPolars({ views, buffers: texts.buffers }, unknown.length)
  for (const [i, row] of unknown.entries()) {
    codes[row] = found[i]
    met.texts.add(texts, row, found[i])
  }
  return codes
}

function codesByPolars(texts: Pick<FlatTexts, 'views' | 'buffers'>, count: number): Uint32Array {
  const ipc = flatToIpc([{ name: TEXT, type: 'string', nullCount: 0, form: 'texts', ...texts }], count)
  const codes = polars()
    .readIpc(Buffer.from(ipc.buffer, ipc.byteOffset, ipc.byteLength), {})
    .lazy()
    .select([asCategory(polars().col(TEXT)).toPhysical()])
    .collectSync('auto')
  giveBack(ipc.buffer)
  return numbersOf(codes)
}

/** Lists of texts that frames of this thread were given last. */
let lastList:
  | { readonly has: Uint8Array; readonly count: number; readonly ipc: Uint8Array; readonly id: string }
  | undefined

/**
 * What this thread's codes in some columns mean.
 * @param has a byte for each code, 1 where it comes
 */
export function codesOf(columns: readonly string[], has: Uint8Array): Codes {
  const own = numbering()
  if (!lastList?.id.startsWith(`${own}/`) || !isNearly(lastList, has)) {
    const used = marked(lastList?.id.startsWith(`${own}/`) ? together(lastList, has) : has)
    const native = new (polars().JsDataFrame)([polars().JsSeries.newUint32Array(CODE, used)])
    const ipc = Buffer.concat(piecesAs(withTexts(native.lazy()).rechunk(), 'uncompressed'))
    lastList = { has: bytesOf(used), count: used.length, ipc, id: `${own}/${lists++}` }
  }
  const texts = resultBytes(lastList.ipc.length)
  texts.set(lastList.ipc)
  return { columns, numbering: own, textsId: lastList.id, texts }
}

function marked(has: Uint8Array): Uint32Array {
  let count = 0
  for (const own of has) count += own
  const codes = new Uint32Array(count)
  let at = 0
  for (let code = 0; code < has.length; code++) if (has[code] === 1) codes[at++] = code
  return codes
}

const countOf = (has: Uint8Array): number => {
  let count = 0
  for (let code = 0; code < has.length; code++) count += has[code]
  return count
}

/** A byte for each code up to the largest, 1 for these. */
function bytesOf(codes: Uint32Array): Uint8Array {
  const has = new Uint8Array(codes.length === 0 ? 0 : codes[codes.length - 1] + 1)
  for (const code of codes) has[code] = 1
  return has
}

/** Whether a list has all texts, and not many more. */
function isNearly(list: NonNullable<typeof lastList>, has: Uint8Array): boolean {
  if (list.count > 2 * countOf(has)) return false
  for (let code = 0; code < has.length; code++) if (has[code] === 1 && list.has[code] !== 1) return false
  return true
}

/** Codes that come and those of the last list, where that is of nearly the same: lists of parts of one table become the same list. */
function together(list: NonNullable<typeof lastList>, has: Uint8Array): Uint8Array {
  const all = new Uint8Array(Math.max(list.has.length, has.length))
  all.set(list.has)
  for (let code = 0; code < has.length; code++) if (has[code] === 1) all[code] = 1
  return countOf(all) <= 2 * countOf(has) ? all : has
}

const withTexts = (codes: NativeLazyFrame): NativeFrame =>
  codes.withColumns([asText(asCategory(polars().col(CODE))).alias(TEXT as never)]).collectSync('auto')

/** This thread's code for each code of another numbering, as far as texts have come. */
function mapOf(from: Codes, beside: readonly Frame[]): Uint32Array {
  const { numbering: other, texts, textsId } = from
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
  requireTexts(from, beside, known.met.has(textsId))
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
