// Option sets of tasks, each kept once; and the restrictions in them, with a queue each for the tasks they hold back.

import type { TaskOptions } from '../protocol/taskOptions.ts'
import { ReadyQueue } from './readyQueue.ts'

/** Resources are counted in millionths, so that fractions add up exactly. */
export const RESOURCE_UNIT = 1_000_000

/** Which workers may run a task. */
export interface Restriction {
  workers: readonly string[] | undefined
  allowOtherWorkers: boolean
  /** Name and millionths. */
  resources: readonly (readonly [string, number])[]
  /** Of tasks that tasks submitted: runs that wait lend them their resources, since they may wait for these. */
  nested: boolean
  /** Tasks that could run but for a worker with room. */
  queue: ReadyQueue
  /** Since when no worker at all suits, and whether its clients were warned. */
  unsuitableSinceMs: number
  warned: boolean
}

export interface OptionSet {
  options: TaskOptions
  /** Added to the rank of each task: higher priorities give smaller ranks. */
  rankOffset: number
  retries: number
  timeoutMs: number
  restriction: Restriction | undefined
}

/** Ranks count tasks; a priority outweighs every graph that a scheduler can hold. */
const RANKS_PER_PRIORITY = 2 ** 40
export const PRIORITY_MAX = 4096
export const OPTION_SETS_MAX = 65_536

const isWithin = (value: unknown, least: number, most: number): boolean =>
  typeof value === 'number' && value >= least && value <= most

export class OptionSets {
  readonly sets: OptionSet[] = []
  readonly restrictions: Restriction[] = []
  readonly #bySignature = new Map<string, number>()

  constructor() {
    this.enter({})
  }

  /** What is wrong with a set of options, or nothing. What they hold is whatever their sender wrote. */
  static refusal(options: TaskOptions): string | undefined {
    if (typeof options !== 'object' || options === null) return 'options are no record'
    const { priority = 0, retries = 0, timeoutMs = 0, resources = {}, workers = ['any'] } = options
    if (!isWithin(priority, -PRIORITY_MAX, PRIORITY_MAX))
      return `priority ${priority} is not within ±${PRIORITY_MAX}`
    if (!isWithin(retries, 0, Number.MAX_VALUE)) return `retries ${retries} is not a count`
    if (!isWithin(timeoutMs, 0, Number.MAX_VALUE)) return `timeoutMs ${timeoutMs} is not a duration`
    if (!Array.isArray(workers) || !workers.every((name) => typeof name === 'string'))
      return 'workers is no list of names'
    if (workers.length === 0) return 'workers is an empty list: leave it out instead'
    if (typeof resources !== 'object' || resources === null) return 'resources is no record of amounts'
    for (const [name, amount] of Object.entries(resources))
      if (!isWithin(amount, 0, 1e9)) return `resource ${name}: ${amount} is not an amount`
    return undefined
  }

  /** @param nested whether a task submitted these tasks */
  enter(options: TaskOptions, nested = false): number {
    const borrows = nested && options.resources !== undefined
    const signature = JSON.stringify([
      options.priority ?? 0,
      options.retries ?? 0,
      options.timeoutMs ?? 0,
      options.workers ?? null,
      options.allowOtherWorkers ?? false,
      Object.entries(options.resources ?? {}).sort(),
      borrows,
    ])
    const known = this.#bySignature.get(signature)
    if (known !== undefined) return known
    if (this.sets.length === OPTION_SETS_MAX)
      throw new RangeError(`more than ${OPTION_SETS_MAX} different sets of options`)
    const index = this.sets.length
    this.sets.push({
      options: { ...options },
      rankOffset: -(options.priority ?? 0) * RANKS_PER_PRIORITY,
      retries: options.retries ?? 0,
      timeoutMs: options.timeoutMs ?? 0,
      restriction: this.#restriction(options, borrows),
    })
    this.#bySignature.set(signature, index)
    return index
  }

  #restriction(options: TaskOptions, nested: boolean): Restriction | undefined {
    const resources = Object.entries(options.resources ?? {})
      .filter(([, amount]) => amount > 0)
      .map(([name, amount]) => [name, Math.round(amount * RESOURCE_UNIT)] as const)
    if (!options.workers && resources.length === 0) return undefined
    const restriction: Restriction = {
      workers: options.workers,
      allowOtherWorkers: options.allowOtherWorkers ?? false,
      resources,
      nested,
      queue: new ReadyQueue(),
      unsuitableSinceMs: -1,
      warned: false,
    }
    this.restrictions.push(restriction)
    return restriction
  }
}
