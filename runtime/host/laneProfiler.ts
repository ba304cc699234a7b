// Looks every few milliseconds at what a lane's thread does, by V8's own sampling, and tells it by the user's lines.

import type { Session } from 'node:inspector'
import { findSourceMap } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { heddleFolder } from '../functions/heddleFolder.ts'
import { type LineMapper, profileLines } from '../functions/profileLines.ts'
import { isUsersFile } from '../functions/stackPlaces.ts'
import type { LineTime } from '../protocol/runs.ts'

/** Microseconds between samples. */
const INTERVAL_US = 5000
/** The first thing of a line stands behind its indentation, which is no deeper than this. */
const INDENT_MAX = 40
const OURS = pathToFileURL(heddleFolder).href

export class LaneProfiler {
  #session: Session | undefined
  readonly #lines = new Map<string, ReturnType<LineMapper>>()

  get isOn(): boolean {
    return this.#session !== undefined
  }

  /** Takes some 80 ms of the thread's time: V8 looks up where all its functions stand. */
  start(): void {
    this.#session ??= begin()
  }

  /** What was sampled since the last call; it goes on, or ends. */
  take(goOn: boolean): LineTime[] {
    const session = this.#session
    if (!session) {
      if (goOn) this.start()
      return []
    }
    let lines: LineTime[] = []
    session.post('Profiler.stop', (error, result) => {
      if (!error) lines = profileLines(result.profile, this.#lineOf)
    })
    if (goOn) session.post('Profiler.start')
    else {
      session.disconnect()
      this.#session = undefined
    }
    return lines
  }

  readonly #lineOf: LineMapper = (url, line, column) => {
    const id = `${line}:${column}:${url}`
    if (!this.#lines.has(id)) this.#lines.set(id, mapped(url, line, column))
    return this.#lines.get(id)
  }
}

function begin(): Session {
  // Loaded only where it is used: most threads are never sampled.
  const inspector = process.getBuiltinModule('node:inspector')
  const session = new inspector.Session()
  session.connect()
  session.post('Profiler.enable')
  session.post('Profiler.setSamplingInterval', { interval: INTERVAL_US })
  session.post('Profiler.start')
  return session
}

function mapped(url: string, line: number, column: number | undefined): ReturnType<LineMapper> {
  // The maps of packages and our own are large, and lead to nothing of the user's.
  if (!url.startsWith('file:') || url.startsWith(OURS) || url.includes('/node_modules/')) return undefined
  const map = findSourceMap(url)
  if (!map) return placeOf(url, line)
  for (let at = column ?? 0; at <= (column ?? INDENT_MAX); at++) {
    const entry = map.findEntry(line, at)
    if (!('originalSource' in entry)) continue
    if (column !== undefined || entry.generatedLine === line)
      return placeOf(entry.originalSource, entry.originalLine)
  }
  return undefined
}

function placeOf(url: string, line: number): ReturnType<LineMapper> {
  try {
    const file = fileURLToPath(url)
    return isUsersFile(file) ? { file, line: line + 1 } : undefined
  } catch {
    return undefined // No file: a source map may name anything.
  }
}
