// The extension's settings as typed values; package.json describes them to people.

import * as vscode from 'vscode'

export interface Settings {
  /** Empty: look for one. */
  nodePath: string
  /** 0: the runtime's own default. */
  workers: number
  threadsPerWorker: number
  /** As a person writes it, e.g. `4GB`; empty: the runtime's own default. */
  memoryLimit: string
  keepAfterClose: boolean
  inlineLengthMax: number
  /** Whether lines show where runs spent their time: see `RunSpec.profile`. */
  profileRuns: 'if-long' | 'whole' | 'never'
}

export function readSettings(): Settings {
  const from = vscode.workspace.getConfiguration('heddle')
  return {
    nodePath: from.get('nodePath', '').trim(),
    workers: from.get('local.workers', 0),
    threadsPerWorker: from.get('local.threadsPerWorker', 0),
    memoryLimit: from.get('local.memoryLimit', '').trim(),
    keepAfterClose: from.get('local.keepAfterClose', false),
    inlineLengthMax: from.get('results.inlineLength', 80),
    profileRuns: from.get<Settings['profileRuns']>('profileRuns', 'if-long'),
  }
}
