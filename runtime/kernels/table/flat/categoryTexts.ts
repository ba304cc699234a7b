// What codes of categories mean once rows of several frames are one: whose numbers they have, and which texts go with them.

import type { CategoryNumbers } from '../engine.ts'
import type { Codes, Frame } from '../frame.ts'
import type { FlatColumn, FlatFrame } from './flatFrame.ts'
import { recodedFrame, usedCodes } from './recode.ts'

/** A list that came goes on as it is while it is not so many times larger than the rows. */
const TEXTS_TO_ROWS = 4

/** One numbering for the categories of several frames. */
export interface Numbered {
  readonly categories: CategoryNumbers
  readonly codes: readonly Codes[]
  /** Frames with the texts of what came with them. */
  readonly beside: readonly Frame[]
  /** From the codes of frames to this thread's; absent while all have one numbering, which is kept. */
  readonly maps?: ReadonlyMap<Codes, Uint32Array | undefined>
  /** 1 for each code that may come, where that is known without a look at the rows. */
  readonly has?: Uint8Array
}

/**
 * A numbering for several frames, among which may be the texts of others: theirs where they agree, else this thread's own.
 * @param read whether there are columns beside that were read with this thread's codes
 */
export function numberedTogether(
  categories: CategoryNumbers | undefined,
  frames: readonly Frame[],
  read = false,
): Numbered | undefined {
  const codes = frames.flatMap((frame) => (frame.codes && frame.rows > 0 ? [frame.codes] : []))
  if (categories && read) codes.unshift({ columns: [], numbering: categories.numbering(), textsId: '' })
  if (!categories || codes.length === 0) return undefined
  const beside = frames.filter(({ textsOf }) => textsOf !== undefined)
  const areAlike = codes.every(({ numbering }) => numbering === codes[0].numbering)
  return { categories, codes, beside, ...(!areAlike && { maps: mapsOf(categories, codes, beside) }) }
}

function mapsOf(
  categories: CategoryNumbers,
  codes: readonly Codes[],
  beside: readonly Frame[],
): Map<Codes, Uint32Array | undefined> {
  // Each list of texts completes the map of its numbering: the maps of all are looked at when all lists are read.
  categories.recoded(codes, beside)
  const maps = categories.recoded(codes, beside)
  return new Map(codes.map((each, i) => [each, maps[i]]))
}

/** A frame with the codes that all have. */
export function renumbered(frame: FlatFrame, numbered: Numbered | undefined): FlatFrame {
  const map = frame.codes && numbered?.maps?.get(frame.codes)
  return map ? recodedFrame(frame, map) : frame
}

/** Columns as they travel, and what the codes in them mean. */
export interface WithCodes {
  readonly columns: readonly FlatColumn[]
  readonly codes: Codes
}

/**
 * The codes of columns with their texts: in the list that came while that is not too large, else with this thread's codes.
 * @param bytes of all columns
 */
export function withCodes(
  columns: readonly FlatColumn[],
  rows: number,
  numbered: Numbered,
  bytes: number,
): WithCodes {
  const { categories, codes, beside, maps } = numbered
  const names = columns.filter(({ type }) => type === 'category').map(({ name }) => name)
  const [first] = codes
  const isOneList = !maps && codes.every(({ textsId }) => textsId === first.textsId)
  if (isOneList && first.texts && first.texts.length <= TEXTS_TO_ROWS * bytes)
    return { columns, codes: { ...first, columns: names } }
  const map = maps ? undefined : mapsOf(categories, codes, beside).get(first)
  const frame = map ? recodedFrame({ columns, rows }, map) : { columns, rows }
  return { columns: frame.columns, codes: categories.codesOf(names, numbered.has ?? usedCodes([frame])) }
}
