// Counting more different keys than two workers hold in memory.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Figure } from './figure.ts'

const root = join(import.meta.dirname, '..', '..')

export async function figures(): Promise<Figure[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--import',
    join(root, 'runtime', 'dist', 'register.js'),
    join(import.meta.dirname, 'programs', 'distinctKeys.ts'),
  ])
  const { seconds, peak } = JSON.parse(stdout) as { seconds: number; peak: number }
  const figure = 'frequencies of 10 M distinct keys, 2 × 500 MB'
  return [
    { bench: 'keys', figure, unit: 's', value: seconds },
    { bench: 'keys', figure: `${figure}, peak`, unit: 'MB', value: peak },
  ]
}
