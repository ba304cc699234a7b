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
    const variable = text === undefined ? undefined : variableOf(text)
    const at = place && `${path.basename(place.file)}:${place.line}`
    // The line of what nobody holds any more may say something else by now.
    const by = each.alsoHeldBy && variable !== dataset ? variable : undefined
    const where = dataset === undefined ? at : ['published', by && at ? `${by} in ${at}` : at]
    return {
      id: dataset !== undefined ? `dataset ${dataset}` : `${client}/${group}`,
      label: dataset ?? variable ?? name,
      description: [bytesText(bytes), where, plural(results, 'part')].flat().filter(Boolean).join(' · '),
      tooltip: heldText(each, runs),
      held: each,
    }
  })
}

/** A row as a screen reader tells it: by its name first, which its tooltip does not have. @example spokenData(row) // 'kept, 1.4 MB, data.ts:6, 4 parts' */
export const spokenData = ({ label, description }: DataRow): string =>
  [label, ...description.split(' · ')].join(', ')

/** What is to be known of data, in lines. */
export function heldText(held: HeldData, runs: Iterable<Run>): string {
  const { client, name, place, results, bytes, dataset, alsoHeldBy = [] } = held
  const known = [...runs]
  const room = `${bytesText(bytes)} in the memory of the workers or spilled to disk.`
  const asked = place ? [`Asked for in ${place.file}:${place.line}`] : []
  if (dataset !== undefined)
    return [
      `${plural(results, 'result')}, ${room}`,
      `Published as ${dataset} by ${publisherOf(held, known)}, and held until it is unpublished or the cluster ends.`,
      ...asked,
      ...holdersOf(alsoHeldBy, known).map((each) => `Held by ${each} too.`),
    ].join('\n')
  return [
    `${plural(results, 'result')} of ${name}, ${room}`,
    ...asked,
    `Held by ${holderOf(held, known) || `client ${client}`} until that lets go of it or ends.`,
  ].join('\n')
}

/** Whoever holds data: a run by what it runs, others by their names. */
function holderOf(holder: Holder, runs: Iterable<Run>): string {
  const run = runOf(holder, runs)
  return run ? `the run of ${run.label}` : holder.clientName
}

/** Its run may be over. */
function publisherOf({ clientName }: HeldData, runs: readonly Run[]): string {
  const run = runs.findLast(({ pid }) => pid !== undefined && clientName === `session-${pid}`)
  return run ? `the run of ${run.label}` : clientName || 'a client without a name'
}

const holdersOf = (holders: readonly Holder[], runs: readonly Run[]): string[] => [
  ...new Set(holders.map((each) => holderOf(each, runs) || 'a client without a name')),
]

type Holder = Pick<HeldData, 'clientName' | 'place'>

/** What becomes of programs when data is released. */
export const releaseText = ({ dataset, alsoHeldBy }: HeldData): string => {
  if (dataset === undefined)
    return 'The program that holds it is told so; what it still computes from it fails.'
  const kept = alsoHeldBy
    ? 'It is then held by its program alone, and stands here by its variable.'
    : 'Programs that have opened it keep what they hold.'
  return `Nothing is published by this name then. ${kept}`
}

/** The run whose process holds the data: a session is called by its process where it opened no client of another name. */
export function runOf({ clientName }: Holder, runs: Iterable<Run>): Run | undefined {
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
  const { dataset, name, bytes } = held
  const variable = variableOf(line)
  const published = dataset === variable ? 'published' : `published as ${dataset}`
  const what =
    dataset === undefined
      ? `${variable ?? name} holds`
      : `${variable === undefined ? published : `${variable}, ${published}`}:`
  return { title: `${what} ${bytesText(bytes)} · release`, tooltip: heldText(held, runs) }
}

/** Whose lines a lens stands above: of what is published, those that hold it too. */
export const holdersOnLines = (held: HeldData): readonly Holder[] =>
  held.dataset === undefined ? [held] : (held.alsoHeldBy ?? [])

/** What is held in all. */
export function dataTotal(held: readonly HeldData[]): string | undefined {
  if (held.length === 0) return undefined
  return bytesText(held.reduce((sum, { bytes }) => sum + bytes, 0))
}

/** @example variableOf('const [cleaned] = await persist(rows)') // 'cleaned' */
const variableOf = (line: string): string | undefined =>
  /^\s*(?:export\s+)?(?:const|let|var)\s+[[{]?\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)/u.exec(line)?.[1]
