// The ten questions of examples/flights-table.ts about three million real flights, of a parquet file each time; polars alone beside.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Figure } from './figure.ts'

const bench = 'flights'
const root = join(import.meta.dirname, '..', '..')
const FLIGHTS = join(root, 'node_modules/vega-datasets/data/flights-3m.parquet')

export async function figures(): Promise<Figure[]> {
  const run = async (program: string, options: string[] = []): Promise<Figure[]> => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...options, join(import.meta.dirname, 'programs', program), FLIGHTS],
      { env: { ...process.env, POLARS_MAX_THREADS: '2' } },
    )
    return Object.entries(JSON.parse(stdout) as Record<string, number>).map(([figure, value]) => ({
      bench,
      figure,
      unit: 's',
      value,
    }))
  }
  const ours = await run('flightsWork.ts', ['--import', join(root, 'runtime', 'dist', 'register.js')])
  const alone = await run('flightsAlone.ts')
  return [...ours, ...alone.map((each) => ({ ...each, figure: `${each.figure}, polars alone` }))]
}
