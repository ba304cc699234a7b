// What a failed run says at the user's own line: plain data, that the shell turns into a diagnostic.

import type { SourcePlace } from '../../runtime/protocol/failure.ts'
import { currentSite, type Run } from './runsModel.ts'
import { failureTitle } from './runText.ts'

export interface FailureReport {
  place: SourcePlace
  message: string
  /** Frames of the user's own files that led there, the throwing one left out. */
  related: { place: SourcePlace; message: string }[]
}

/** The report of a run that failed in the user's own files; nothing while it goes on, or when it has no place there. */
export function failureReport(run: Run): FailureReport | undefined {
  const { failure } = run
  const place = failure?.place ?? failure?.task?.place ?? failure?.frames[0]
  if (!failure || !place) return undefined
  const { task } = failure
  const lines = [failureTitle(failure)]
  if (task) lines.push(`in task ${task.key}${task.worker ? ` on ${task.worker}` : ''}`)
  if (task?.inputs) lines.push(`given ${task.inputs.join(', ')}`)
  const related = failure.frames
    .filter((frame) => !samePlace(frame, place))
    .map((frame) => ({ place: frame, message: 'called from here' }))
  const asked = currentSite(run)?.place
  if (asked && !samePlace(asked, place)) related.push({ place: asked, message: 'computed from here' })
  return { place, message: lines.join('\n'), related }
}

const samePlace = (a: SourcePlace, b: SourcePlace): boolean =>
  a.file === b.file && a.line === b.line && a.column === b.column
