// What tables cost: the five questions of the h2o.ai group-by benchmark, a join, sorting, reading CSV; and polars alone, in
// one process with as many threads, for the questions.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Figure } from './figure.ts'
import { tablesData } from './tablesData.ts'

const bench = 'tables'
const root = join(import.meta.dirname, '..', '..')

export async function figures(): Promise<Figure[]> {
  const folder = tablesData()
  const only = process.env.HEDDLE_BENCH_ONLY ?? ''
  const run = async (program: string, options: string[] = []): Promise<Record<string, number>> => {
    const args = [...options, join(import.meta.dirname, 'programs', program), folder, only]
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      env: { ...process.env, POLARS_MAX_THREADS: '2' },
    })
    return JSON.parse(stdout) as Record<string, number>
  }
  const ours = await run('tablesWork.ts', ['--import', join(root, 'runtime', 'dist', 'register.js')])
  const alone = await run('polarsAlone.ts')
  const large = process.env.HEDDLE_BENCH_LARGE
    ? await run('tablesLarge.ts', ['--import', join(root, 'runtime', 'dist', 'register.js')])
    : {}
  const unit = (figure: string): string => (figure.endsWith('peak') ? 'MB' : 's')
  return [
    ...Object.entries({ ...ours, ...large }).map(([figure, value]) => ({
      bench,
      figure,
      unit: unit(figure),
      value,
    })),
    ...Object.entries(alone).map(([figure, value]) => ({
      bench,
      figure: `${figure}, polars alone`,
      unit: 's',
      value,
    })),
  ]
}
