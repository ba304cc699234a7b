// Seeds of the simulation, 2,000 or as many as HEDDLE_SEEDS says: no rule is broken, every wish is met or has a named error, and nothing is left at the end.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeFrame } from '../../runtime/protocol/frame.ts'
import { CLIENT_REPLIES, WORKER_INSTRUCTIONS } from '../../runtime/protocol/messages.ts'
import { replay } from '../../runtime/scheduler/eventLog.ts'
import { Scheduler } from '../../runtime/scheduler/scheduler.ts'
import { playSeed, playSeeds } from './simulate.ts'
import { Simulation } from './simulation.ts'

/** Seeds that once found a fault, and what it was. */
const KEPT: Record<number, string> = {
  1: 'a root task was queued although a failure had just taken it along',
  7: 'a task that stands twice on a lost value counted it thrice',
  19: 'a dependency that was let go while its graph came in was computed for nobody',
  33: 'cancelling a scatter that waited for a worker was never confirmed',
  114: 'a lost value was computed again although its last dependent had failed',
  132: 'a value that could not be fetched kept a retiring worker for ever',
  193: 'a run that was assigned and not yet sent named no holder for a lost dependency',
  984: 'a scattered value was awaited although the client that was bringing it had left',
  16934: 'a heartbeat that came late paused a worker for ever, since simulated workers sent no further one',
  2926: 'a late report of a copy that was discarded since made the scheduler believe in it',
}

for (const [seed, fault] of Object.entries(KEPT))
  test(`seed ${seed}, which found: ${fault}`, () => {
    assert.equal(playSeed(Number(seed), { nested: false, copiesEveryMs: Infinity }).error, undefined)
  })

/** Of tasks that submit tasks. */
const KEPT_NESTED: Record<number, string> = {
  3284: 'a worker was kept free for a task that runs alone, by which a run waited that kept it from being free',
  46495:
    'a client wrote a value anew where it was just being moved away, and the word of it came after the order to forget it',
}

for (const [seed, fault] of Object.entries(KEPT_NESTED))
  test(`seed ${seed} with tasks of tasks, which found: ${fault}`, () => {
    assert.equal(playSeed(Number(seed), { copiesEveryMs: Infinity }).error, undefined)
  })

/** Of values in parts. */
const KEPT_OF_PARTS: Record<number, string> = {
  103638:
    'a value was written anew while its copy there was given up: word of it older than the order to forget it was believed where a run took it',
  64541:
    'a run of a worker that shall leave waited for a task that may run there alone, which waited for that worker',
}

for (const [seed, fault] of Object.entries(KEPT_OF_PARTS))
  test(`seed ${seed} with values in parts, which found: ${fault}`, () => {
    assert.equal(playSeed(Number(seed), { parts: true }).error, undefined)
  })

const SEEDS = Number(process.env.HEDDLE_SEEDS ?? 2000)

test(`${SEEDS.toLocaleString('en')} seeds`, () => {
  const { faults, events } = playSeeds(1, SEEDS)
  assert.deepEqual(
    faults.map(({ seed, error }) => `seed ${seed}: ${error.stack}`),
    [],
  )
  assert.ok(events > 100 * SEEDS, 'the seeds do play something')
})

test('seeds in which workers are jobs, whose time ends and whose fate is asked for', () => {
  const { faults } = playSeeds(1, SEEDS / 4, { batch: true })
  assert.deepEqual(
    faults.map(({ seed, error }) => `seed ${seed}: ${error.stack}`),
    [],
  )
})

test('seeds in which memory is short: sources are held back, and none for ever', () => {
  const { faults, held } = playSeeds(1, SEEDS / 4, { memory: true })
  assert.deepEqual(
    faults.map(({ seed, error }) => `seed ${seed}: ${error.stack}`),
    [],
  )
  assert.ok(held > SEEDS / 2, 'some are held back')
})

test('seeds in which clients publish what they want, and others want it too', () => {
  const { faults, published } = playSeeds(1, SEEDS / 4, { datasets: true })
  assert.deepEqual(
    faults.map(({ seed, error }) => `seed ${seed}: ${error.stack}`),
    [],
  )
  assert.ok(published > SEEDS / 2, 'some is published')
})

test('seeds in which values come in parts, and tasks take one of each', () => {
  for (const options of [{}, { batch: true }, { memory: true }]) {
    const { faults, events } = playSeeds(1, SEEDS / 8, { ...options, parts: true })
    assert.deepEqual(
      faults.map(({ seed, error }) => `seed ${seed} of ${JSON.stringify(options)}: ${error.stack}`),
      [],
    )
    assert.ok(events > 10 * SEEDS, 'they do play something')
  }
})

test('copies that nobody removes are found at the end of a seed', () => {
  const { faults } = playSeeds(1, 100, { copiesEveryMs: 1e9, faultsMax: 1 })
  assert.match(faults[0]?.error.message ?? 'none was found', /copies, and nobody needs more than one/)
})

test('the log of events, played again, gives the same instructions byte for byte', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const simulation = new Simulation(seed, {
      record: true,
      memory: seed % 2 === 0,
      datasets: seed % 3 === 0,
      parts: seed % 5 === 0,
    })
    simulation.play()
    const { events, complete } = simulation.scheduler.eventLog!.take()
    assert.ok(complete)
    const said: Uint8Array[] = []
    const { limits } = simulation.scheduler.state
    replay(new Scheduler({ cluster: 'simulated', ...limits, seed }), events, {
      toWorker: (_, message) => said.push(encodeFrame(WORKER_INSTRUCTIONS, message)),
      toClient: (_, message) => said.push(encodeFrame(CLIENT_REPLIES, message)),
    })
    assert.deepEqual(said, simulation.said, `seed ${seed}`)
  }
})
