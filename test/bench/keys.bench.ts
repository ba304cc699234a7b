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
  return [
    {
      bench: 'keys',
      figure: 'frequencies of 10 M distinct keys, 2 × 500 MB',
      unit: 's',
      value: Number(stdout),
    },
  ]
}
