// What models cost: boosting, clusters, logistic regression and a grid search, on two threads; boosting beyond memory.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Figure } from './figure.ts'

const bench = 'ml'
const root = join(import.meta.dirname, '..', '..')

/** @param only figures with this in their names; all by default */
async function timesOf(only = process.env.HEDDLE_BENCH_ONLY ?? ''): Promise<Record<string, number>> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--import',
      join(root, 'runtime', 'dist', 'register.js'),
      join(import.meta.dirname, 'programs', 'mlWork.ts'),
    ],
    { env: { ...process.env, HEDDLE_BENCH_ONLY: only } },
  )
  return JSON.parse(stdout) as Record<string, number>
}

/** A search by one thread, while another program does the same: what two threads could gain at most on this machine. */
async function besideAnother(search: string): Promise<Record<string, number>> {
  const [one, other] = await Promise.all([timesOf(search), timesOf(search)])
  return { [`${search}, beside another program's`]: (one[search] + other[search]) / 2 }
}

export async function figures(): Promise<Figure[]> {
  const times = await timesOf()
  for (const search of ['grid search of 100 fits, 1 thread', 'grid search of 100 longer fits, 1 thread'])
    if (search in times) Object.assign(times, await besideAnother(search))
  return Object.entries(times).map(([figure, value]): Figure => ({ bench, figure, unit: 's', value }))
}
