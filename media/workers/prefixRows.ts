// How much memory the keys of each name take, as the feed told it for the workers that are looked at.

import type { FEED_MESSAGES } from '../../runtime/protocol/feed.ts'
import type { MessageOf } from '../../runtime/protocol/fields.ts'

export type PrefixMemory = MessageOf<typeof FEED_MESSAGES, 'memory'>

export interface PrefixRow {
  prefix: string
  results: number
  managedBytes: number
  spilledBytes: number
  movingBytes: number
}

export type PrefixSort = 'prefix' | 'results' | 'managedBytes' | 'spilledBytes' | 'movingBytes'

/** @param worker the number of one worker; all of them when absent */
export function prefixRows(memory: PrefixMemory, sort: PrefixSort, worker?: number): PrefixRow[] {
  const rows = new Map<number, PrefixRow>()
  for (let i = 0; i < memory.worker.length; i++) {
    if (worker !== undefined && memory.worker[i] !== worker) continue
    const number = memory.prefix[i]
    const row = rows.get(number) ?? {
      prefix: memory.prefixes[number] ?? '',
      results: 0,
      managedBytes: 0,
      spilledBytes: 0,
      movingBytes: 0,
    }
    row.results += memory.results[i]
    row.managedBytes += memory.managedBytes[i]
    row.spilledBytes += memory.spilledBytes[i]
    row.movingBytes += memory.movingBytes[i]
    rows.set(number, row)
  }
  const byName = (one: PrefixRow, other: PrefixRow): number =>
    one.prefix.localeCompare(other.prefix, 'en', { numeric: true })
  return [...rows.values()].sort((one, other) =>
    sort === 'prefix' ? byName(one, other) : other[sort] - one[sort] || byName(one, other),
  )
}
