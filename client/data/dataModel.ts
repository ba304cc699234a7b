// What programs hold on the cluster, as rows of a view. No `vscode`.

import path from 'node:path'
import type { HeldData } from '../../runtime/protocol/runs.ts'
import { bytesText, plural } from '../cluster/quantity.ts'

export interface DataRow {
  /** The same for the same data at every look. */
  id: string
  label: string
  description: string
  tooltip: string
  held: HeldData
}

/**
 * The rows, the largest data first.
 * @param lineAt the text of a line of a file as it stands now, where that is known
 */
export function dataRows(
  held: readonly HeldData[],
  lineAt: (file: string, line: number) => string | undefined,
): DataRow[] {
  return held.map((each) => {
    const { client, clientName, group, name, place, results, bytes } = each
    const text = place && lineAt(place.file, place.line)
    const where = place ? `${path.basename(place.file)}:${place.line}` : undefined
    return {
      id: `${client}/${group}`,
      label: (text && variableOf(text)) ?? name,
      description: [bytesText(bytes), plural(results, 'part'), where].filter(Boolean).join(' · '),
      tooltip: [
        `${plural(results, 'result')} of ${name}, ${bytesText(bytes)} in the memory of the workers or spilled to disk.`,
        ...(place ? [`Asked for in ${place.file}:${place.line}`] : []),
        `Held by ${clientName || `client ${client}`} until that lets go of it or ends.`,
      ].join('\n'),
      held: each,
    }
  })
}

/** What is held in all. */
export function dataTotal(held: readonly HeldData[]): string | undefined {
  if (held.length === 0) return undefined
  return bytesText(held.reduce((sum, { bytes }) => sum + bytes, 0))
}

/** @example variableOf('const [cleaned] = await persist(rows)') // 'cleaned' */
const variableOf = (line: string): string | undefined =>
  /^\s*(?:export\s+)?(?:const|let|var)\s+[[{]?\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)/u.exec(line)?.[1]
