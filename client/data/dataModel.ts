// What programs hold on the cluster, and what is published there by name, as rows of a view. No `vscode`.

import path from 'node:path'
import type { HeldData } from '../../runtime/protocol/runs.ts'
import { bytesText, plural } from '../cluster/quantity.ts'
import type { Run } from '../runs/runsModel.ts'

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
 * @param runs those that are known: data is told by the run that holds it
 */
export function dataRows(
  held: readonly HeldData[],
  lineAt: (file: string, line: number) => string | undefined,
  runs: readonly Run[] = [],
): DataRow[] {
  return held.map((each) => {
    const { client, group, name, place, results, bytes, dataset } = each
    const text = place && lineAt(place.file, place.line)
    const where = dataset !== undefined ? 'published' : place && `${path.basename(place.file)}:${place.line}`
    return {
      id: dataset !== undefined ? `dataset ${dataset}` : `${client}/${group}`,
      label: (text && variableOf(text)) ?? name,
      description: [bytesText(bytes), plural(results, 'part'), where].filter(Boolean).join(' · '),
      tooltip: heldText(each, runs),
      held: each,
    }
  })
}

/** What is to be known of data, in lines. */
export function heldText(held: HeldData, runs: Iterable<Run>): string {
  const { client, clientName, name, place, results, bytes, dataset } = held
  if (dataset !== undefined)
    return [
      `${plural(results, 'result')}, ${bytesText(bytes)} in the memory of the workers or spilled to disk.`,
      `Published as ${dataset} by ${clientName}, and held until it is unpublished or the cluster ends.`,
    ].join('\n')
  const run = runOf(held, runs)
  const holder = run ? `the run of ${run.label}` : clientName || `client ${client}`
  return [
    `${plural(results, 'result')} of ${name}, ${bytesText(bytes)} in the memory of the workers or spilled to disk.`,
    ...(place ? [`Asked for in ${place.file}:${place.line}`] : []),
    `Held by ${holder} until that lets go of it or ends.`,
  ].join('\n')
}

/** What becomes of programs when data is released. */
export const releaseText = ({ dataset }: HeldData): string =>
  dataset === undefined
    ? 'The program that holds it is told so; what it still computes from it fails.'
    : 'Nothing is published by this name then. Programs that have opened it keep what they hold.'

/** The run whose process holds the data: a session is called by its process where it opened no client of another name. */
export function runOf({ clientName }: HeldData, runs: Iterable<Run>): Run | undefined {
  for (const run of runs)
    if (!run.end && run.pid !== undefined && clientName === `session-${run.pid}`) return run
  return undefined
}

/** So little is not worth a lens. */
const LENS_BYTES_MIN = 1000

/**
 * What stands above the line that asked for data, given that line's text; nothing where it is little.
 * @example heldLens({ bytes: 412e6, … }, 'const kept = await …', [])?.title // 'kept holds 412 MB · release'
 */
export function heldLens(
  held: HeldData,
  line: string,
  runs: Iterable<Run>,
): { title: string; tooltip: string } | undefined {
  if (held.bytes < LENS_BYTES_MIN) return undefined
  const title = `${variableOf(line) ?? held.name} holds ${bytesText(held.bytes)} · release`
  return { title, tooltip: heldText(held, runs) }
}

/** What is held in all. */
export function dataTotal(held: readonly HeldData[]): string | undefined {
  if (held.length === 0) return undefined
  return bytesText(held.reduce((sum, { bytes }) => sum + bytes, 0))
}

/** @example variableOf('const [cleaned] = await persist(rows)') // 'cleaned' */
const variableOf = (line: string): string | undefined =>
  /^\s*(?:export\s+)?(?:const|let|var)\s+[[{]?\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)/u.exec(line)?.[1]
