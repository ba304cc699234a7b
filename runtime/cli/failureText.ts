// Why a run failed, as a person reads it: what and where in one line, the user's code around it, then who ran it. Pure.

import { relative } from 'node:path'
import type { SourcePlace } from '../protocol/failure.ts'
import type { RunFailure } from '../protocol/runs.ts'
import { codeFrame } from './codeFrame.ts'
import type { Style } from './style.ts'

const FRAMES_MAX = 6

/**
 * @param read gives the text of a file, or nothing when it cannot be read
 * @param cwd places below it are shown relative to it
 */
export function failureText(
  failure: RunFailure,
  read: (file: string) => string | undefined,
  cwd: string,
  style: Style,
): string {
  const { name, message, place, task, frames } = failure
  const said = withoutOwnPlace(message, place).trimEnd()
  const lines = [`${style.red(style.bold(name))}: ${said}`]
  if (place) lines[0] = `${style.cyan(placeText(place, cwd))} ${lines[0]}`
  // Some errors of the compiler show the code themselves.
  if (place && !SHOWS_CODE.test(said)) {
    const source = read(place.file)
    const frame = source === undefined ? undefined : codeFrame(source, place)
    if (frame) lines.push('', frame, '')
  }
  const others = place ? frames.filter((frame) => !samePlace(frame, place)) : frames
  for (const frame of others.slice(0, FRAMES_MAX)) lines.push(style.dim(`    at ${placeText(frame, cwd)}`))
  if (others.length > FRAMES_MAX) lines.push(style.dim(`    … and ${others.length - FRAMES_MAX} more places`))
  for (const reason of failure.reasons ?? []) lines.push(`  ${reason}`)
  if (task) {
    const where = task.worker ? ` on worker ${task.worker}` : ''
    lines.push(style.dim(`  in task ${task.key}${where}`))
    if (task.inputs) lines.push(style.dim(`  with ${task.inputs.join(', ')}`))
    for (const death of task.story ?? []) lines.push(style.dim(`    ${death}`))
  }
  return lines.join('\n')
}

const SHOWS_CODE = /^> *\d+ \|/m

/** What stands in front of the line already is not said again. */
function withoutOwnPlace(message: string, place: SourcePlace | undefined): string {
  if (!place) return message
  const own = `${place.file}:${place.line}:${place.column}`
  return message.startsWith(own) ? message.slice(own.length).replace(/^:? */, '') : message
}

const placeText = ({ file, line, column }: SourcePlace, cwd: string): string => {
  const near = relative(cwd, file)
  return `${near === '' || near.startsWith('..') ? file : near}:${line}:${column}`
}

const samePlace = (a: SourcePlace, b: SourcePlace): boolean => a.file === b.file && a.line === b.line
