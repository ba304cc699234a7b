// What lifting functions costs: instrumenting a module, the loader at start, the sender's time a function, a first `map`.

import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { instrumentModule } from '../../runtime/functions/emission/instrumentModule.ts'
import type { Figure } from './figure.ts'

const bench = 'functions'
const root = join(import.meta.dirname, '..', '..')
const run = promisify(execFile)
const LOADER = join(root, 'runtime', 'dist', 'register.js')
const FIRST_MAP = join(import.meta.dirname, 'programs', 'firstMap.ts')

export async function figures(): Promise<Figure[]> {
  const register = join(root, 'runtime', 'functions', 'register.ts')
  const program = join(import.meta.dirname, 'programs', 'functionsWork.ts')
  const { stdout } = await run(process.execPath, ['--import', register, program])
  const times = JSON.parse(stdout) as Record<
    'first' | 'again' | 'object' | 'nested' | 'fresh' | 'argument',
    number
  >
  const firstMap = JSON.parse((await run(process.execPath, ['--import', LOADER, FIRST_MAP])).stdout) as {
    median: number
    most: number
  }
  return [
    { bench, figure: 'instrument 1,000 lines', unit: 'ms', value: instrumentMs() },
    { bench, figure: 'loader at start', unit: 'ms', value: await loaderMs() },
    { bench, figure: 'first map of a new function', unit: 'ms', value: firstMap.median },
    { bench, figure: 'first map of a new function, the longest', unit: 'ms', value: firstMap.most },
    { bench, figure: 'first lift of a function', unit: 'ms', value: times.first },
    { bench, figure: 'lift again: a number captured', unit: 'µs', value: times.again },
    { bench, figure: 'lift again: an object of 10 captured', unit: 'µs', value: times.object },
    { bench, figure: 'lift again: two closures captured', unit: 'µs', value: times.nested },
    { bench, figure: 'lift a new closure of a known function', unit: 'µs', value: times.fresh },
    { bench, figure: 'an argument list of one number', unit: 'µs', value: times.argument },
  ]
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]

/** Parsing, analysing, instrumenting and compiling real code, warm, scaled to 1,000 lines. */
function instrumentMs(): number {
  const file = join(root, 'runtime', 'functions', 'analysis', 'readNode.ts')
  const source = readFileSync(file, 'utf8')
  const times = Array.from({ length: 40 }, () => {
    const began = performance.now()
    instrumentModule(file, source)
    return performance.now() - began
  })
  return (median(times.slice(10)) * 1000) / source.split('\n').length
}

/** How much longer an empty program takes with the loader than without. */
async function loaderMs(): Promise<number> {
  const timed = async (args: string[]): Promise<number> => {
    const began = performance.now()
    await run(process.execPath, [...args, '--input-type=module', '--eval', '0'])
    return performance.now() - began
  }
  const plain: number[] = []
  const loaded: number[] = []
  for (let i = 0; i < 7; i++) {
    plain.push(await timed([]))
    loaded.push(await timed(['--import', LOADER]))
  }
  return median(loaded) - median(plain)
}
