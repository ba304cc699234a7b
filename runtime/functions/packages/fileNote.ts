// What a worker is told of a file beside the sources that code names literally: WebAssembly, data, templates.

import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { textHash } from '../textHash.ts'

export interface FileNote {
  /** Where the sender has it. */
  file: string
  bytes: number
  /** What it is asked for under: it holds the hash of its content. */
  content: string
}

/** Larger files are data of their own: a task opens them where it runs. */
const BYTES_MAX = 64e6

/** Whether a worker module is the note of a file. */
export function isFileNote(name: string): boolean {
  return /\.file\.[0-9a-f]{16}\.json$/.test(name)
}

/** The note of a file; nothing when there is none, or it is too large to be sent. */
export function fileNote(file: string): FileNote | undefined {
  const found = statSync(file, { throwIfNoEntry: false })
  if (!found?.isFile() || found.size > BYTES_MAX) return undefined
  const hash = textHash(readFileSync(file, 'latin1'))
  return { file, bytes: found.size, content: `file.${hash}.${path.basename(file)}` }
}

/** Whether the file is here as the sender has it. */
export function isFileHere({ file, bytes, content }: FileNote): boolean {
  try {
    if (statSync(file).size !== bytes) return false
    return content.startsWith(`file.${textHash(readFileSync(file, 'latin1'))}.`)
  } catch {
    return false // Not here, or not ours to read.
  }
}
