// A partition of a table on its way between tasks: Arrow IPC bytes, opened where they are needed.

import { resultBytes } from '../resultMemory.ts'

/** What a task gives that gives rows. The bytes lie in shared memory once they are large, and spill as they are. */
export interface Frame {
  /** An Arrow IPC file of one batch, not compressed: what is spilled is packed then. */
  ipc: Uint8Array
  rows: number
  /** About how many bytes the rows take when they are open. */
  bytes: number
  /** Its name among all frames: a thread knows by it that it met this one before. A part of a split, which is read once, has none. */
  id?: string
  /** A part of a split says by which hash it was split. */
  hash?: string
  /** Which columns stand in `ipc` as codes of categories. */
  codes?: Codes
  /** A frame without rows whose bytes are the texts of this numbering's codes, for parts of a shuffle that come with it. */
  textsOf?: string
}

/** Columns of categories as codes. */
export interface Codes {
  columns: readonly string[]
  /** Which thread numbered them: only there codes are known without their texts. */
  numbering: string
  /** Which list of texts it is, among all. */
  textsId: string
  /** An Arrow IPC file of all codes that come and their texts. For a part of a shuffle they come in a frame of their own. */
  texts?: Uint8Array
}

/** What a shuffle's split gives: a frame for each target in one run of bytes, and how they were told apart. */
export interface SplitFrame {
  bytes: Uint8Array
  /** Where each target's bytes begin, when that is not where those of the one before end. */
  starts?: number[]
  /** Where each target's bytes end. */
  ends: number[]
  rows: number[]
  sizes: number[]
  /** What this worker's hash makes of a known value: targets must agree on it. */
  hash: string
  /** Codes in all parts; their texts are a part by themselves. */
  codes?: Codes
}

/** One target's part of a split, as a frame of its own. */
export function partOf(split: SplitFrame, target: number): Frame {
  const { starts, ends } = split
  const from = starts ? starts[target] : target === 0 ? 0 : ends[target - 1]
  const part = split.bytes.subarray(from, ends[target])
  // A copy: whoever gets it must not hold the others.
  const ipc = resultBytes(part.length)
  ipc.set(part)
  return {
    ipc,
    rows: split.rows[target],
    bytes: split.sizes[target],
    hash: split.hash,
    ...(split.codes && { codes: withoutTexts(split.codes) }),
  }
}

function withoutTexts({ columns, numbering, textsId }: Codes): Codes {
  return { columns, numbering, textsId }
}

/** The texts of a split's codes, as a frame without rows. */
export function textsOf(codes: Codes | undefined): Frame {
  const texts = codes?.texts ?? new Uint8Array(0)
  const ipc = resultBytes(texts.length)
  ipc.set(texts)
  return { ipc, rows: 0, bytes: texts.length, textsOf: codes?.numbering ?? '', id: codes?.textsId }
}

export const isFrame = (value: unknown): value is Frame =>
  typeof value === 'object' && value !== null && 'ipc' in value && 'rows' in value
