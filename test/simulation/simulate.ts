// Plays many seeds: `node test/simulation/simulate.ts --seeds 100000 [--from 1] [--batch] [--memory] [--datasets] [--parts]`. Prints every seed that finds a fault.

import { parseArgs } from 'node:util'
import { Simulation, type SimulationOptions } from './simulation.ts'

/** Seeds between two lines of a long run's output. */
const SLICE_SEEDS = 1000

const FAULTS_MAX = 10

export interface SeedFault {
  seed: number
  error: Error
}

/** Plays seeds `from … from + count − 1`; returns the faults found, at most `faultsMax`. */
export function playSeeds(
  from: number,
  count: number,
  { faultsMax = FAULTS_MAX, ...options }: SimulationOptions & { faultsMax?: number } = {},
): { faults: SeedFault[]; events: number; held: number; published: number } {
  const faults: SeedFault[] = []
  let events = 0
  let held = 0
  let published = 0
  for (let seed = from; seed < from + count && faults.length < faultsMax; seed++) {
    const fault = playSeed(seed, options)
    events += fault.events
    held += fault.held
    published += fault.published
    if (fault.error) faults.push({ seed, error: fault.error })
  }
  return { faults, events, held, published }
}

export function playSeed(
  seed: number,
  options: SimulationOptions = {},
): { events: number; held: number; published: number; error?: Error } {
  const simulation = new Simulation(seed, options)
  const told = (): { events: number; held: number; published: number } => ({
    events: simulation.events,
    held: simulation.held,
    published: simulation.scheduler.state.nextDataset - 1,
  })
  try {
    simulation.play()
    return told()
  } catch (error) {
    return { ...told(), error: error as Error }
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '100000' },
      from: { type: 'string', default: '1' },
      batch: { type: 'boolean', default: false },
      memory: { type: 'boolean', default: false },
      datasets: { type: 'boolean', default: false },
      parts: { type: 'boolean', default: false },
    },
  })
  const count = Number(values.seeds)
  const from = Number(values.from)
  const startedMs = Date.now()
  let faultsFound = 0
  let events = 0
  // Slice by slice, so that a run that is stopped has told what it found, and how far it came.
  for (let played = 0; played < count && faultsFound < FAULTS_MAX; ) {
    const slice = Math.min(SLICE_SEEDS, count - played)
    const { batch, memory, datasets, parts } = values
    const found = playSeeds(from + played, slice, {
      batch,
      memory,
      datasets,
      parts,
      faultsMax: FAULTS_MAX - faultsFound,
    })
    for (const { seed, error } of found.faults) console.error(`seed ${seed}: ${error.stack}\n`)
    faultsFound += found.faults.length
    events += found.events
    played += slice
    const seconds = (Date.now() - startedMs) / 1000
    console.log(
      `${played} of ${count} seeds, ${events} events in ${seconds.toFixed(1)} s: ${faultsFound === 0 ? 'no fault' : `${faultsFound} faults`}`,
    )
  }
  process.exitCode = faultsFound === 0 ? 0 : 1
}
