// Columns that the files do not have, with the name that was most likely meant.

import type { Span } from '../facts/documentFacts.ts'
import type { ColumnUse } from '../knowledge/columnUses.ts'
import type { Source } from '../knowledge/sources.ts'
import type { FileFacts } from '../metadata/fileFacts.ts'
import type { Finding } from './finding.ts'

/** @param factsOf what is known of a source's files; nothing while it is not */
export function columnFindings(
  uses: readonly ColumnUse[],
  factsOf: (source: Source) => FileFacts | undefined,
): Finding[] {
  return uses.flatMap((use): Finding[] => {
    const { name, source, isCertain } = use
    const columns = source && factsOf(source)?.columns?.map((column) => column.name)
    if (!isCertain || !columns || columns.length === 0 || columns.includes(name)) return []
    return [columnFinding(use, source.paths[0], columns)]
  })
}

/** @param whose what has no such column */
export function columnFinding(
  { name, start, end }: Span & { name: string },
  whose: string,
  columns: readonly string[],
): Finding {
  const meant = nearest(name, columns)
  return {
    code: 'unknown-column',
    severity: 'warning',
    start,
    end,
    message: `${whose} has no column '${name}'${meant ? `: did you mean '${meant}'?` : `. It has ${listed(columns)}.`}`,
    ...(meant && {
      fix: { title: `Change to '${meant}'`, edits: [{ start, end, text: meant }] },
    }),
  }
}

/**
 * The name that differs from `name` in the fewest letters, if those are few.
 * @example nearest('delya', ['delay', 'origin']) // 'delay'
 */
export function nearest(name: string, names: readonly string[]): string | undefined {
  let best: string | undefined
  let least = Math.max(2, Math.floor(name.length / 3)) + 1
  for (const each of names) {
    const distance = each.toLowerCase() === name.toLowerCase() ? 0.5 : editDistance(name, each, least)
    if (distance < least) {
      least = distance
      best = each
    }
  }
  return best
}

/** Letters put in, taken out, changed, or swapped with their neighbour; anything from `most` on counts as `most`. */
function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) >= most) return most
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        next[j] = Math.min(next[j], before[j - 2] + 1)
    }
    before = row
    row = next
  }
  return Math.min(most, row[b.length])
}

const listed = (names: readonly string[]): string =>
  names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ')
