// What lies where in the memory that threads grow a round's trees in.

import { boardBytes } from './teamBoard.ts'
import { PER_BIN } from './treeRoom.ts'

/** Numbers of the record of a split: see `splitRecord.ts`. */
export const RECORD_NUMBERS = 16

/** Places in bytes, and how many of each there are. */
export interface TeamLayout {
  blocks: number
  /** Numbers of a node's histogram. */
  length: number
  /** Nodes that blocks sum up in one job. */
  atOnce: number
  /** Histograms of nodes that are kept until they are split. */
  places: number
  textBytes: number
  /** Groups of features whose splits are looked for as one unit. */
  groups: number
  /** `[loss, weight]` of each block. */
  losses: number
  records: number
  sums: number
  held: number
  /** Numbers of a block's predictions, at most; and two places for each block's: those of the last round, and those that are made. */
  predicted: number
  predictions: number
  bytes: number
}

/** Features that are looked at as one unit. */
export const FEATURES_A_UNIT = 4
const AT_ONCE_MAX = 16
const SUMS_BYTES = 32 * 2 ** 20
const HELD_BYTES_MAX = 128 * 2 ** 20

/**
 * Lays out a board; null where trees are too large for one.
 * @param bins of all features
 * @param leaves of all trees of a round
 * @param predicted numbers of a block's predictions, at most
 */
export function teamLayout(
  blocks: number,
  features: number,
  bins: number,
  leaves: number,
  predicted: number,
  bytesMax: number,
): TeamLayout | null {
  const length = PER_BIN * bins
  const places = 2 * leaves + 2
  if (features === 0 || !Number.isFinite(leaves)) return null
  const atOnce = Math.max(1, Math.min(AT_ONCE_MAX, leaves, Math.floor(SUMS_BYTES / (8 * length * blocks))))
  const textBytes = 65_536 + 1024 * leaves
  const groups = Math.ceil(features / FEATURES_A_UNIT)
  const losses = Math.ceil(boardBytes(textBytes) / 8) * 8
  const records = losses + 16 * blocks
  const sums = records + 8 * RECORD_NUMBERS * 2 * atOnce * groups
  const held = sums + 8 * length * atOnce * blocks
  const predictions = held + 8 * length * places
  const bytes = predictions + 2 * 8 * predicted * blocks
  if (8 * length * places > HELD_BYTES_MAX || bytes > bytesMax) return null
  const made = { blocks, length, atOnce, places, textBytes, groups, predicted }
  return { ...made, losses, records, sums, held, predictions, bytes }
}
