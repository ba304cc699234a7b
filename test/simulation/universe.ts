// All keys of one simulation: what each depends on, what its right value is, and how it misbehaves.

import type { TaskOptions } from '../../runtime/protocol/taskOptions.ts'
import { digestOf } from '../scheduler/graphText.ts'
import type { Random } from './random.ts'

export interface Key {
  name: string
  digest: Uint8Array
  dependencies: string[]
  /** A client's own value: there is nothing to compute. */
  scattered: boolean
  /** How often it throws before it succeeds; Infinity for always. */
  throws: number
  /** How often the worker dies when it runs. */
  kills: number
  options: TaskOptions
  value: number
}

export class Universe {
  readonly keys = new Map<string, Key>()

  constructor(random: Random) {
    const count = 3 + random.below(22)
    const rough = random.chance(0.6)
    const names: string[] = []
    for (let i = 0; i < count; i++) {
      const scattered = i < 3 && random.chance(0.3)
      const name = `${scattered ? 's' : 'abcd'[random.below(4)]}${i}`
      const dependencies: string[] = []
      if (!scattered && i > 0) {
        const wanted = random.pick([0, 1, 1, 2, 2, 3, 6])
        for (let d = 0; d < wanted; d++) dependencies.push(names[Math.max(0, i - 1 - random.below(8))])
      }
      this.keys.set(name, {
        name,
        digest: digestOf(name),
        dependencies,
        scattered,
        throws: rough && !scattered && random.chance(0.08) ? random.pick([1, 2, Infinity]) : 0,
        kills: rough && !scattered && random.chance(0.04) ? random.pick([1, 2, 5]) : 0,
        options: scattered ? {} : optionsOf(random),
        value: 0,
      })
      const key = this.keys.get(name)!
      key.value = this.compute(
        name,
        dependencies.map((dependency) => this.keys.get(dependency)!.value),
      )
      names.push(name)
    }
  }

  get names(): string[] {
    return [...this.keys.keys()]
  }

  placeOf(name: string): number {
    return this.names.indexOf(name)
  }

  /** Keys that a task of this key may submit and wait for: earlier ones, so that none waits for itself, and computed ones. */
  nestable(name: string): string[] {
    return this.names
      .slice(0, this.placeOf(name))
      .filter((one) => [...this.ancestry(one)].every((taken) => !this.of(taken).scattered))
  }

  of(name: string): Key {
    return this.keys.get(name)!
  }

  /** What the task of a key makes of its dependencies' values: different for any other order or value. */
  compute(name: string, values: readonly number[]): number {
    let hash = 0x811c9dc5
    for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
    for (const value of values) hash = Math.imul(hash ^ value, 0x01000193) + 1
    return hash | 0
  }

  /** A key and everything that it takes. */
  ancestry(name: string): Set<string> {
    const found = new Set([name])
    for (const one of found) for (const dependency of this.of(one).dependencies) found.add(dependency)
    return found
  }
}

function optionsOf(random: Random): TaskOptions {
  const options: TaskOptions = {}
  if (random.chance(0.15)) options.retries = 1 + random.below(2)
  if (random.chance(0.1)) options.priority = random.below(5) - 2
  // Never both: there may be no worker of that name with that resource.
  const restriction = random.next()
  if (restriction < 0.06) options.resources = { gpu: random.pick([0.5, 1]) }
  else if (restriction < 0.12) {
    options.workers = [random.pick(['w0', 'w1', 'w2'])]
    options.allowOtherWorkers = random.chance(0.5)
  }
  if (random.chance(0.05)) options.timeoutMs = 1000
  return options
}
