// Neighbouring blocks of rows as one: fewer blocks make fewer histograms.

import { keepsNothing, kernel } from '../../kernel.ts'
import { resultBuffer } from '../../resultMemory.ts'
import { type BinnedBlock, binnedBytes, GROUP, groupsOf } from './binnedBlock.ts'
import { type BoostBlock, floats } from './boostBlock.ts'

/** The rows of several blocks, one behind another: each begins where the one before it ends. */
export const joinBoostBlocks = keepsNothing(
  kernel('ml.boost.join', (blocks: readonly BoostBlock[]): BoostBlock => {
    const [first] = blocks
    if (blocks.length === 1) return first
    return {
      binned: joinBinned(blocks.map(({ binned }) => binned)),
      target: joinFloats(blocks.map(({ target }) => target)),
      weight: first.weight && joinFloats(blocks.map(({ weight }) => weight as Float64Array)),
      start: first.start,
    }
  }),
)

function joinFloats(parts: readonly Float64Array[]): Float64Array {
  const made = floats(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    made.set(part, at)
    at += part.length
  }
  return made
}

/** Groups of features lie one behind another: each group's rows are joined by themselves. */
function joinBinned(parts: readonly BinnedBlock[]): BinnedBlock {
  const [{ features }] = parts
  const rows = parts.reduce((sum, part) => sum + part.rows, 0)
  const length = binnedBytes(rows, features)
  const bytes = new Uint8Array(resultBuffer(length), 0, length)
  let at = 0
  for (let group = 0; group < groupsOf(features); group++)
    for (const part of parts) {
      const own = GROUP * part.rows
      bytes.set(part.bytes.subarray(group * own, (group + 1) * own), at)
      at += own
    }
  return { rows, features, bytes }
}
