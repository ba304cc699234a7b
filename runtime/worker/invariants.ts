// What must hold between any two events of a worker: named rules, checked after every event in tests.

import { shouldHold } from './memory.ts'
import { PartUses } from './partUses.ts'
import { CANCELLED, POSTED, READING, READY, UNUSED, WAITING } from './runBooks.ts'
import { WHOLE } from './taskRunTable.ts'
import { AWAITED, FREE, HELD, LOADING, SPILLED, WRITING } from './values.ts'
import type { WorkerState } from './workerState.ts'

/** The rules that are broken, each with what is wrong; empty when all is well. */
export function brokenInvariants(state: WorkerState): string[] {
  const broken: string[] = []
  for (const [name, rule] of Object.entries(RULES))
    rule(state, (what) => {
      broken.push(`${name}: ${what}`)
    })
  return broken
}

type Rule = (state: WorkerState, fail: (what: string) => void) => void

const RULES: Record<string, Rule> = {
  'phases are counted'({ runs }, fail) {
    const counts = new Int32Array(6)
    for (let slot = 0; slot < runs.slots; slot++) counts[runs.phase(slot)]++
    for (const phase of [WAITING, READY, READING, POSTED, CANCELLED])
      if (counts[phase] !== runs.counts[phase])
        fail(`${counts[phase]} runs in phase ${phase}, ${runs.counts[phase]} counted`)
  },

  'a posted run is in one lane'({ runs, lanes }, fail) {
    const seen = new Map<number, number>()
    lanes.forEach((lane) => {
      for (const posted of lane.posted)
        for (const slot of posted.slots.subarray(posted.reported)) seen.set(slot, (seen.get(slot) ?? 0) + 1)
      for (const { slot } of lane.aside) seen.set(slot, (seen.get(slot) ?? 0) + 1)
    })
    for (let slot = 0; slot < runs.slots; slot++) {
      const phase = runs.phase(slot)
      const places = seen.get(slot) ?? 0
      const due = phase === POSTED || phase === CANCELLED ? 1 : 0
      if (places !== due) fail(`slot ${slot} in phase ${phase} is in ${places} lanes`)
    }
  },

  'who lacks a value waits for it'({ runs, waiters }, fail) {
    const lacking = new Map<number, number>()
    for (const slots of waiters.values())
      for (const slot of slots) lacking.set(slot, (lacking.get(slot) ?? 0) + 1)
    for (let slot = 0; slot < runs.slots; slot++) {
      const phase = runs.phase(slot)
      const lists = lacking.get(slot) ?? 0
      const due = phase === WAITING || phase === READING ? runs.lacking(slot) : 0
      if (lists !== due) fail(`slot ${slot} in phase ${phase} lacks ${due} values and is on ${lists} lists`)
      if (phase === WAITING && due === 0) fail(`slot ${slot} waits for nothing`)
    }
  },

  'what is waited for is coming'({ values, waiters }, fail) {
    for (const row of waiters.keys()) {
      const phase = values.phase(row)
      if (phase !== AWAITED && phase !== LOADING) fail(`row ${row} in phase ${phase} has waiters`)
    }
  },

  'bytes are counted'({ values }, fail) {
    const sums = { managed: 0, leaving: 0, loading: 0, spilled: 0, count: 0 }
    for (let row = 0; row < values.rows; row++) {
      const phase = values.phase(row)
      const bytes = values.bytes(row)
      if (phase === HELD || phase === WRITING) sums.managed += bytes
      if (phase === WRITING) sums.leaving += bytes
      if (phase === LOADING) sums.loading += bytes
      if (phase === SPILLED || phase === LOADING) sums.spilled += bytes
      if (phase === FREE || phase === AWAITED || values.isDoomed(row)) continue
      if (values.part(row) === WHOLE) sums.count++
    }
    sums.count += values.parted.size
    if (sums.managed !== values.managedBytes) fail(`${sums.managed} B held, ${values.managedBytes} counted`)
    if (sums.leaving !== values.leavingBytes)
      fail(`${sums.leaving} B leaving, ${values.leavingBytes} counted`)
    if (sums.loading !== values.loadingBytes)
      fail(`${sums.loading} B being read, ${values.loadingBytes} counted`)
    if (sums.spilled !== values.spilledBytes)
      fail(`${sums.spilled} B spilled, ${values.spilledBytes} counted`)
    if (sums.count !== values.count) fail(`${sums.count} values, ${values.count} counted`)
  },

  'what leaves first is in memory, and on disk too'({ values }, fail) {
    for (const row of values.passing)
      if (values.phase(row) !== HELD || !values.isOnDisk(row))
        fail(`row ${row} in phase ${values.phase(row)}`)
  },

  'a used value is pinned'({ values, lanes, reading }, fail) {
    const uses = new Map<number, number>()
    const use = (row: number): void => void uses.set(row, (uses.get(row) ?? 0) + 1)
    for (const lane of lanes) for (const { pinned } of lane.posted) pinned.forEach(use)
    for (const rows of reading.values()) rows.forEach(use)
    for (const [row, count] of uses)
      if (values.pins(row) < count)
        fail(`row ${row} is used ${count} times and pinned ${values.pins(row)} times`)
  },

  'room is kept for what runs, and for what reads for its run'(
    { lanes, reserved, reading, growthBytes },
    fail,
  ) {
    let sum = 0
    for (const { posted } of lanes) for (const batch of posted) sum += batch.growthBytes
    for (const [slot, bytes] of reserved) {
      sum += bytes
      if (!reading.has(slot)) fail(`slot ${slot} does not read`)
    }
    if (sum !== growthBytes) fail(`${sum} B kept, ${growthBytes} counted`)
  },

  'a part is here with its value, or for runs that take it'({ values, runs, partUses }, fail) {
    const uses = new PartUses()
    for (let slot = 0; slot < runs.slots; slot++)
      if (runs.phase(slot) !== UNUSED) runs.eachPart(slot, (...name) => uses.add(...name))
    for (let row = 0; row < values.rows; row++) {
      const part = values.part(row)
      if (values.phase(row) === FREE || part === WHOLE || values.isDoomed(row)) continue
      const [task, run] = [values.task(row), values.run(row)]
      if (values.parted.partsOf(task, run) <= part && uses.of(task, run, part) === 0)
        fail(`nobody takes part ${part} of ${task}:${run} in row ${row}`)
    }
    if (uses.size !== partUses.size) fail(`${uses.size} parts are taken, ${partUses.size} counted`)
  },

  'a dropped value goes when nothing uses it'({ values, forgotten }, fail) {
    for (let row = 0; row < values.rows; row++) {
      const phase = values.phase(row)
      if (phase === FREE || !values.isDoomed(row) || values.pins(row) > 0) continue
      if (phase !== WRITING && phase !== LOADING && !forgotten.includes(row)) fail(`row ${row} stays`)
    }
  },

  'a free thread with ready runs is given one'(state, fail) {
    const { lanes, runs, paused, actions, values, strayBytes, otherBytes, limits } = state
    if (shouldHold(values.managedBytes + strayBytes, otherBytes, limits)) return
    // Holds after a decision alone: with actions still to be taken there was none yet.
    if (
      state.blockedBytes > 0 ||
      runs.aloneCount > 0 ||
      paused ||
      actions.length > 0 ||
      runs.counts[READY] === 0 ||
      runs.counts[READING] > 0
    )
      return
    for (let lane = 0; lane < lanes.length; lane++)
      if (
        lanes[lane].phase === 'open' &&
        lanes[lane].posted.length === 0 &&
        lanes[lane].aside.every(({ waits }) => waits)
      )
        fail(`lane ${lane} is idle`)
  },
}
