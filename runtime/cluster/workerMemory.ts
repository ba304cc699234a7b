// What workers do when memory is short, and where their values go then: what was asked for, checked.

import { resolve } from 'node:path'
import { memoryLimitBytes } from './memoryLimit.ts'

/** Shares of the memory limit, as Dask's: each over 0 and at most 1, in this order; `false` where nothing should happen. */
export interface MemoryShares {
  /** Values held above this are spilled, least recently used first: 0.6 by default. */
  target?: number | false
  /** The process measured above this spills too: 0.7 by default. */
  spill?: number | false
  /** Above this nothing new is started: 0.8 by default. */
  pause?: number | false
  /** Above this the worker is started again: 0.95 by default. */
  terminate?: number | false
}

/** What a person may ask of the memory of workers. */
export interface WorkerMemoryRequest {
  /** The shares, or as text four percentages: `60,70,80,95`, `off` for one that should not be. */
  memoryShares?: MemoryShares | string
  /** Folder on a fast local disk for values that memory cannot hold: each worker has one of its own inside. */
  spillFolder?: string
  /** How much of the disk each worker may use: `'100GB'` or bytes; without a limit by default. */
  spillLimit?: string | number
}

export interface WorkerMemory {
  memoryShares?: MemoryShares
  spillFolder?: string
  spillLimitBytes?: number
}

/** Shares that cannot be, or a spill folder or limit that is none. */
export class WorkerMemoryError extends Error {
  override name = 'WorkerMemoryError'
}

const NAMES = ['target', 'spill', 'pause', 'terminate'] as const
const DEFAULTS = { target: 0.6, spill: 0.7, pause: 0.8, terminate: 0.95 }

/** @throws {WorkerMemoryError} */
export function workerMemory(request: WorkerMemoryRequest): WorkerMemory {
  const { memoryShares, spillFolder, spillLimit } = request
  const memory: WorkerMemory = {}
  if (memoryShares !== undefined) memory.memoryShares = sharesOf(memoryShares)
  if (spillFolder !== undefined) {
    if (typeof spillFolder !== 'string' || spillFolder.trim() === '')
      throw new WorkerMemoryError('the spill folder must be the path of a folder')
    memory.spillFolder = resolve(spillFolder)
  }
  if (spillLimit !== undefined) {
    try {
      memory.spillLimitBytes = memoryLimitBytes(spillLimit, Number.NaN, 0)
    } catch {
      throw new WorkerMemoryError(
        `${JSON.stringify(spillLimit)} is no limit for spilled values: write an amount like 100GB`,
      )
    }
  }
  return memory
}

/** The same as options of a command line. */
export function workerMemoryArguments({
  memoryShares,
  spillFolder,
  spillLimitBytes,
}: WorkerMemory): string[] {
  const args: string[] = []
  if (memoryShares) {
    const percent = (share: number | false): string => (share === false ? 'off' : String(100 * share))
    args.push('--memory-shares', NAMES.map((name) => percent(memoryShares[name] ?? DEFAULTS[name])).join(','))
  }
  if (spillFolder !== undefined) args.push('--spill-folder', spillFolder)
  if (spillLimitBytes !== undefined) args.push('--spill-limit', `${spillLimitBytes}B`)
  return args
}

/** The options of `node:util`'s `parseArgs` for these. */
export const WORKER_MEMORY_OPTIONS = {
  'memory-shares': { type: 'string' },
  'spill-folder': { type: 'string' },
  'spill-limit': { type: 'string' },
} as const

/** What was given for those options, as a request. */
export function workerMemoryOptions(values: {
  'memory-shares'?: string
  'spill-folder'?: string
  'spill-limit'?: string
}): WorkerMemoryRequest {
  return {
    memoryShares: values['memory-shares'],
    spillFolder: values['spill-folder'],
    spillLimit: values['spill-limit'],
  }
}

function sharesOf(given: MemoryShares | string): MemoryShares {
  const shares = typeof given === 'string' ? sharesOfText(given) : given
  if (typeof shares !== 'object' || shares === null)
    throw new WorkerMemoryError('memoryShares must be an object like { target: 0.6, pause: 0.8 }')
  for (const name of Object.keys(shares))
    if (!(NAMES as readonly string[]).includes(name))
      throw new WorkerMemoryError(
        `memoryShares has no ${JSON.stringify(name)}: there are ${NAMES.join(', ')}`,
      )
  let before = 0
  for (const name of NAMES) {
    const share = shares[name] ?? DEFAULTS[name]
    if (share === false) continue
    if (typeof share !== 'number' || !(share > 0 && share <= 1))
      throw new WorkerMemoryError(
        `the memory share ${name} must be over 0 and at most 1 (or false), not ${JSON.stringify(share)}`,
      )
    if (share < before)
      throw new WorkerMemoryError(
        `memory shares must rise in the order ${NAMES.join(', ')}: ${name} is ${share}, and one before it ${before}`,
      )
    before = share
  }
  return shares
}

function sharesOfText(text: string): MemoryShares {
  const parts = text.split(',').map((part) => part.trim())
  const isFine = parts.length === 4 && parts.every((part) => part === 'off' || /^\d+(\.\d+)?$/.test(part))
  if (!isFine)
    throw new WorkerMemoryError(
      `memory shares are four percentages, each a number or off, like 60,70,80,95: not ${JSON.stringify(text)}`,
    )
  if (parts.some((part) => Number(part) > 0 && Number(part) < 1))
    throw new WorkerMemoryError(
      `memory shares are percentages here: write 60,70,80,95, not ${JSON.stringify(text)}`,
    )
  const [target, spill, pause, terminate] = parts.map((part) => (part === 'off' ? false : Number(part) / 100))
  return { target, spill, pause, terminate }
}
