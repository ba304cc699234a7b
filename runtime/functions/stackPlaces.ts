// Places in the user's own files, read from a stack.

import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SourcePlace } from '../protocol/failure.ts'
import { heddleFolder } from './heddleFolder.ts'

const FRAME =
  /^\s*at (?:.*?\()?(?:async )?(file:\/\/\/?[^\s()]+|(?:\/|[A-Za-z]:[\\/])[^()]*?):(\d+):(\d+)\)?$/

/** The place of one line of a stack, when it is in one of the user's files. */
export function frameOf(line: string): SourcePlace | undefined {
  const match = FRAME.exec(line)
  if (!match) return undefined
  const file = fileOf(match[1])
  if (file === undefined || !isUsersFile(file)) return undefined
  return { file: overThere(file), line: Number(match[2]), column: Number(match[3]) }
}

/** All places of a stack in the user's own files, the innermost first. */
export function userFrames(stack: string): SourcePlace[] {
  const frames: SourcePlace[] = []
  for (const line of stack.split('\n')) {
    const frame = frameOf(line)
    if (frame) frames.push(frame)
  }
  return frames
}

/** The innermost place of a stack in the user's own files. */
export function userPlace(stack: string): SourcePlace | undefined {
  for (const line of stack.split('\n')) {
    const frame = frameOf(line)
    if (frame) return frame
  }
  return undefined
}

/** A stack with its heading, the user's frames and packages': Node's and ours say nothing to the user. */
export function withoutOurFrames(stack: string): string {
  const lines = stack.split('\n')
  const first = lines.findIndex((line) => /^\s+at /.test(line))
  if (first < 0) return stack
  const kept = lines
    .slice(first)
    .filter(
      (line) =>
        frameOf(line) !== undefined || (/[\\/]node_modules[\\/]/.test(line) && !line.includes(heddleFolder)),
    )
  return [...lines.slice(0, first), ...kept].join('\n')
}

let mirror: string | undefined

/** Says that the user's files are a mirror of another machine's, below this folder: places are told as they are over there. */
export function mirrorOf(folder: string): void {
  mirror = folder
}

/** A place of this machine's, as it is told. */
export const placeOverThere = (place: SourcePlace): SourcePlace =>
  mirror === undefined ? place : { ...place, file: overThere(place.file) }

const overThere = (file: string): string =>
  mirror !== undefined && file.startsWith(`${mirror}/`) ? file.slice(mirror.length) : file

function fileOf(text: string): string | undefined {
  if (!text.startsWith('file:')) return path.isAbsolute(text) ? text : undefined
  try {
    return fileURLToPath(text)
  } catch {
    return undefined
  }
}

/** Not Node's, not a package's, not ours, and not a worker module that no source map led back from. */
export function isUsersFile(file: string): boolean {
  return (
    !/[\\/]node_modules[\\/]/.test(file) &&
    !file.startsWith(heddleFolder) &&
    !/\.[0-9a-f]{16}\.mjs$/.test(file)
  )
}
