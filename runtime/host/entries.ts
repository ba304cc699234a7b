// Where the programs of the runtime are: beside this file in the built bundles, or as sources when running from sources.

import { join } from 'node:path'

const SOURCES = {
  session: '../session/main.ts',
  scheduler: 'schedulerMain.ts',
  worker: 'workerMain.ts',
  lane: 'laneMain.ts',
  cli: '../cli/main.ts',
  register: 'registerMain.ts',
  agent: '../agent/agentMain.ts',
  certificate: 'clusterCertificate.ts',
} as const

export type EntryName = keyof typeof SOURCES

/** The absolute path of a program: `<dist>/worker.js` when bundled, `runtime/host/workerMain.ts` from sources. */
export function entryPath(name: EntryName): string {
  const here = import.meta.dirname
  if (import.meta.filename.endsWith('.ts')) return join(here, SOURCES[name])
  // A shared chunk of the bundle lies one folder below the entries.
  const dist = here.endsWith('chunks') ? join(here, '..') : here
  return join(dist, `${name}.js`)
}

/** The package's own folder: `bin` and, where it is built, `dist` stand in it. */
export function packageFolder(): string {
  const here = import.meta.dirname
  if (import.meta.filename.endsWith('.ts') || !here.endsWith('chunks')) return join(here, '..')
  return join(here, '..', '..')
}
