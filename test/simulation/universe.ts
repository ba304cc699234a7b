// All keys of one simulation: what each depends on, what its right value is, and how it misbehaves.

import type { TaskOptions } from '../../runtime/protocol/taskOptions.ts'
import { digestOf, type TextGraph } from '../scheduler/graphText.ts'
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
  /** Into how many parts its value comes; 0 for a whole one. */
  parts: number
  /** Beside each dependency the part that is taken, −1 for all of it. */
  taken: number[]
}

/** Keys of one letter are one group, whose values come alike. */
const PARTS_OF_GROUP: Record<string, number> = { c: 3, d: 2 }

export class Universe {
  readonly keys = new Map<string, Key>()
  /** By group: into how many parts values come. */
  readonly parts: Record<string, number>

  /** @param parting chooses which parts are taken; without it all values are whole */
  constructor(random: Random, parting?: Random) {
    this.parts = parting ? PARTS_OF_GROUP : {}
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
        parts: this.parts[name[0]] ?? 0,
        taken: dependencies.map((dependency) => {
          const { parts } = this.of(dependency)
          return parting && parts > 0 ? parting.below(parts) : -1
        }),
      })
      const key = this.of(name)
      key.value = this.compute(
        name,
        dependencies.map((dependency, i) => this.takenOf(this.of(dependency).value, key.taken[i])),
      )
      names.push(name)
    }
  }

  get names(): string[] {
    return [...this.keys.keys()]
  }

  /** What a client can have: all that does not come in parts. */
  get wantable(): string[] {
    return this.names.filter((name) => this.of(name).parts === 0)
  }

  graphOf(keys: string[]): TextGraph {
    const graph = { keys, dependencies: keys.map((name) => this.of(name).dependencies), sinks: [] }
    const parts = keys.map((name) => this.of(name).taken)
    return parts.flat().some((part) => part >= 0) ? { ...graph, parts } : graph
  }

  placeOf(name: string): number {
    return this.names.indexOf(name)
  }

  /** Keys that a task of this key may submit and wait for: earlier ones, so that none waits for itself, and computed ones. */
  nestable(name: string): string[] {
    return this.wantable
      .filter((one) => this.placeOf(one) < this.placeOf(name))
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

  /** A part of a value: other than each other and than the whole. */
  takenOf(value: number, part: number): number {
    return part < 0 ? value : Math.imul(value ^ (part + 1), 0x01000193) | 0
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
