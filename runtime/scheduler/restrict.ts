// Whether a worker may run tasks of a restriction: its name or host, and its resources.

import type { Restriction } from './options.ts'
import type { State } from './state.ts'
import { supplyOf, type Worker } from './worker.ts'

/** May it run such a task now, with the resources that are free, and those that waiting runs lend? */
export function suits(state: State, worker: Worker, restriction: Restriction): boolean {
  for (const [name, amount] of restriction.resources) {
    const lent = restriction.nested ? (worker.lent.get(name) ?? 0) : 0
    if ((worker.free.get(name) ?? 0) + lent < amount) return false
  }
  return isNamed(state, worker, restriction)
}

/** Could it run such a task once all its resources are free? */
export function suitsEver(state: State, worker: Worker, restriction: Restriction): boolean {
  for (const [name, amount] of restriction.resources) if (supplyOf(worker, name) < amount) return false
  return isNamed(state, worker, restriction)
}

function isNamed(state: State, worker: Worker, { workers, allowOtherWorkers }: Restriction): boolean {
  if (!workers || goesBy(worker, workers)) return true
  return (
    allowOtherWorkers && !state.present.some((other) => other.status === 'running' && goesBy(other, workers))
  )
}

/** A worker goes by its name, its host and its address. */
export function goesBy(worker: Worker, names: readonly string[]): boolean {
  const { name, host, dataAddress } = worker.info
  return names.includes(name) || names.includes(host) || names.includes(dataAddress)
}
