// The lines that a run writes on: one a call of the user's code, and the line of what was run.

import type { Run } from './runsModel.ts'
import { curveText, type LineText, lineText, progressText, seconds } from './runText.ts'

/** A text beside one line of a file. */
export interface Mark {
  file: string
  /** Counts from 1. */
  line: number
  text: LineText
}

/**
 * Where a run of an expression writes one mark, and the run of a file one a call.
 * @param expressionLine the line (from 1) on which the expression now ends, for a run of an expression
 */
export function marksOf(run: Run, expressionLine: number | undefined, inlineLengthMax: number): Mark[] {
  if (expressionLine !== undefined)
    return [{ file: run.file, line: expressionLine, text: lineText(run, inlineLengthMax) }]
  const marks = new Map<string, Mark>()
  for (const site of run.sites) {
    const { place } = site
    if (!place) continue
    const text: LineText =
      site.durationMs === undefined
        ? run.end
          ? { text: `stopped at ${progressText(site)}`, tone: 'quiet' }
          : { text: progressText(site), tone: 'progress' }
        : {
            text: `✓ ${progressText({ ...site, perSecond: 0 }).split(' ')[1]} · ${seconds(site.durationMs)}`,
            tone: 'result',
          }
    // A call in a loop has one site a turn: the last one is shown.
    marks.set(`${place.file}:${place.line}`, { file: place.file, line: place.line, text })
  }
  for (const learning of run.end ? [] : run.curves) {
    const { place } = learning.curve
    if (place)
      marks.set(`${place.file}:${place.line}`, {
        file: place.file,
        line: place.line,
        text: { text: curveText(learning), tone: 'progress' },
      })
  }
  const failed = run.end && run.failure?.place
  if (failed)
    marks.set(`${failed.file}:${failed.line}`, {
      file: failed.file,
      line: failed.line,
      text: lineText(run, inlineLengthMax),
    })
  return [...marks.values()]
}
