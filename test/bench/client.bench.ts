// What a task costs that does nothing: throughput of `map` and `gather`, latency of `submit`, and the cold start.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Figure } from './figure.ts'

const bench = 'client'
const dist = join(import.meta.dirname, '..', '..', 'runtime', 'dist')
const COLD_STARTS = 5

export async function figures(): Promise<Figure[]> {
  const work = JSON.parse(await run('clientWork.ts')) as Record<
    'first' | 'rate' | 'median' | 'p99' | 'submit',
    number
  >
  const colds: number[] = []
  for (let i = 0; i < COLD_STARTS; i++)
    colds.push(Number(await run('coldStart.ts', String(performance.timeOrigin + performance.now()))))
  const microseconds = (ms: number): number => ms * 1000
  return [
    { bench, figure: 'no-op map and gather', unit: 'tasks/s', value: work.rate },
    { bench, figure: 'no-op map and gather, first time', unit: 'tasks/s', value: work.first },
    { bench, figure: 'submit to result, median', unit: 'µs', value: microseconds(work.median) },
    { bench, figure: 'submit to result, p99', unit: 'µs', value: microseconds(work.p99) },
    { bench, figure: "submit, the sender's time", unit: 'µs', value: microseconds(work.submit) },
    { bench, figure: 'cold start to first result', unit: 's', value: median(colds) / 1000 },
  ]
}

/** Runs a user's program as Node does, with heddle's loader; gives what it printed. */
async function run(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--import',
    join(dist, 'register.js'),
    join(import.meta.dirname, 'programs', program),
    ...args,
  ])
  return stdout
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]
