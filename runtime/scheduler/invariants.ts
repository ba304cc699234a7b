// What must be true between events, as named rules. Slow: for tests, simulation, and hunting a fault with the flag on.

import { GROUP_STRIDE } from './groups.ts'
import { heldBy } from './hold.ts'
import {
  ASIDE,
  ERRED,
  FREE,
  isPending,
  PHASE_NAMES,
  READY,
  RELEASED,
  RUNNING,
  STORED,
  WAITING,
} from './phases.ts'
import { seatedAt } from './seat.ts'
import { eachDependency, eachDependent, keyOf, type State } from './state.ts'
import { supplyOf } from './worker.ts'

/** A rule that does not hold: a fault of the scheduler itself. */
export class InvariantError extends Error {
  override name = 'InvariantError'
  readonly rule: string
  constructor(rule: string, detail: string) {
    super(`the scheduler's rule "${rule}" does not hold: ${detail}`)
    this.rule = rule
  }
}

type Rule = (state: State, broken: (detail: string) => void) => void

/** The rows that are in use. */
function* rowsOf(state: State): Generator<number> {
  for (let row = 0; row < state.tasks.top; row++) if (state.tasks.phase[row] !== FREE) yield row
}

const name = (state: State, row: number): string =>
  `${keyOf(state, row)} (row ${row}, ${PHASE_NAMES[state.tasks.phase[row]]})`

export const RULES: Record<string, Rule> = {
  'counts of phases are right, overall and by group': (state, broken) => {
    const all = new Int32Array(8)
    const byGroup = new Map<number, Int32Array>()
    for (const row of rowsOf(state)) {
      const phase = state.tasks.phase[row]
      all[phase]++
      const group = state.tasks.group[row]
      if (!byGroup.has(group)) byGroup.set(group, new Int32Array(8))
      byGroup.get(group)![phase]++
    }
    for (let phase = WAITING; phase <= RELEASED; phase++) {
      if (all[phase] !== state.counts[phase])
        broken(`${all[phase]} tasks are ${PHASE_NAMES[phase]}, and ${state.counts[phase]} are counted`)
      for (const [group, counts] of byGroup) {
        const counted = state.groups.counts[group * GROUP_STRIDE + phase]
        // Panels go on counting what was released or failed and then forgotten.
        const right =
          phase === RELEASED || phase === ERRED ? counted >= counts[phase] : counted === counts[phase]
        if (!right)
          broken(`group ${group} has ${counts[phase]} ${PHASE_NAMES[phase]} tasks, ${counted} are counted`)
      }
    }
  },

  'every row is found by its key, and no other': (state, broken) => {
    let rows = 0
    for (const row of rowsOf(state)) {
      rows++
      if (state.keys.find(state.tasks.digests, state.tasks.digests, row * 4) !== row)
        broken(`${name(state, row)} is not found by its key`)
    }
    if (rows !== state.keys.size || rows !== state.tasks.used)
      broken(`${rows} rows, ${state.keys.size} keys, ${state.tasks.used} rows counted`)
  },

  'dependencies of a task exist': (state, broken) => {
    for (const row of rowsOf(state))
      eachDependency(state, row, (dependency) => {
        if (state.tasks.phase[dependency] === FREE) broken(`a dependency of ${name(state, row)} is gone`)
      })
  },

  'a waiting task waits for exactly its unfinished dependencies, at least one': (state, broken) => {
    for (const row of rowsOf(state)) {
      if (state.tasks.phase[row] !== WAITING) continue
      let missing = 0
      eachDependency(state, row, (dependency) => {
        if (state.tasks.phase[dependency] !== STORED) missing++
      })
      if (missing !== state.tasks.waiting[row] || missing === 0)
        broken(`${name(state, row)} waits for ${state.tasks.waiting[row]}, ${missing} are unfinished`)
    }
  },

  'what a waiting task waits for is on its way': (state, broken) => {
    for (const row of rowsOf(state)) {
      if (state.tasks.phase[row] !== WAITING) continue
      eachDependency(state, row, (dependency) => {
        const phase = state.tasks.phase[dependency]
        if (phase !== STORED && !isPending(phase))
          broken(`${name(state, row)} waits for ${name(state, dependency)}`)
      })
    }
  },

  'a task that could run has its dependencies stored': (state, broken) => {
    for (const row of rowsOf(state)) {
      if (state.tasks.phase[row] !== READY) continue
      eachDependency(state, row, (dependency) => {
        if (state.tasks.phase[dependency] !== STORED)
          broken(`${name(state, row)} stands on ${name(state, dependency)}`)
      })
    }
  },

  'what a running task stands on is stored, failed, or on its way again': (state, broken) => {
    for (const row of rowsOf(state)) {
      if (state.tasks.phase[row] !== RUNNING) continue
      eachDependency(state, row, (dependency) => {
        if (state.tasks.phase[dependency] === RELEASED)
          broken(`${name(state, row)} stands on ${name(state, dependency)}`)
      })
    }
  },

  'waiters and keepers are counted right': (state, broken) => {
    const { tasks, wants } = state
    for (const row of rowsOf(state)) {
      let waiters = 0
      for (let entry = tasks.wants[row]; entry >= 0; entry = wants.next[entry]) waiters++
      let keepers = waiters
      eachDependent(state, row, (dependent) => {
        keepers++
        if (isPending(tasks.phase[dependent])) waiters++
      })
      if (waiters !== tasks.waiters[row])
        broken(`${name(state, row)} has ${waiters} waiters, ${tasks.waiters[row]} counted`)
      if (keepers !== tasks.keepers[row])
        broken(`${name(state, row)} has ${keepers} keepers, ${tasks.keepers[row]} counted`)
    }
  },

  'nothing is kept or computed that nobody needs': (state, broken) => {
    const { phase, waiters, keepers } = state.tasks
    for (const row of rowsOf(state)) {
      if (keepers[row] === 0) broken(`${name(state, row)} is kept for nobody`)
      if (waiters[row] === 0 && phase[row] !== RELEASED && phase[row] !== ERRED)
        broken(`${name(state, row)} is needed by nobody`)
    }
  },

  'nothing that is needed lies idle': (state, broken) => {
    for (const row of rowsOf(state))
      if (state.tasks.phase[row] === RELEASED && state.tasks.waiters[row] > 0)
        broken(`${name(state, row)} has ${state.tasks.waiters[row]} waiters`)
  },

  'a stored value has holders that are here, each once, and nothing else has': (state, broken) => {
    const { tasks, replicas, workers } = state
    let entries = 0
    for (const row of rowsOf(state)) {
      const seen = new Set<number>()
      for (let entry = tasks.holders[row]; entry >= 0; entry = replicas.next[entry]) {
        const worker = replicas.worker[entry]
        entries++
        if (workers[worker] === undefined)
          broken(`${name(state, row)} is held by worker ${worker}, which has left`)
        if (seen.has(worker)) broken(`${name(state, row)} is held twice by worker ${worker}`)
        seen.add(worker)
      }
      if (tasks.phase[row] === STORED ? seen.size === 0 : seen.size > 0)
        broken(`${name(state, row)} has ${seen.size} holders`)
    }
    if (entries !== replicas.size) broken(`${entries} replicas, ${replicas.size} counted`)
  },

  'whoHas and hasWhat agree': (state, broken) => {
    const { tasks, replicas } = state
    for (const worker of state.present) {
      const held = heldBy(state, worker)
      const bytes = held.reduce((sum, row) => sum + tasks.weight[row], 0)
      let holding = 0
      for (const row of rowsOf(state)) if (replicas.has(worker.id, tasks.holders[row])) holding++
      if (holding !== held.length || holding !== worker.heldCount)
        broken(
          `worker ${worker.id} holds ${holding}, lists ${held.length} and counts ${worker.heldCount} values`,
        )
      if (Math.abs(bytes - worker.heldBytes) > 1e-6 * Math.max(1, bytes))
        broken(`worker ${worker.id} holds ${bytes} bytes and counts ${worker.heldBytes}`)
    }
  },

  'a running task has a worker that is here and knows of it': (state, broken) => {
    const { tasks } = state
    const seated = new Map<number, number>()
    for (const worker of state.present) {
      const rows = seatedAt(state, worker)
      const sum = rows.reduce((total, row) => total + tasks.weight[row], 0)
      for (const row of rows) seated.set(row, worker.id)
      if (rows.length !== worker.assigned)
        broken(`worker ${worker.id} has ${rows.length} tasks and counts ${worker.assigned}`)
      if (Math.abs(sum - worker.occupancyMs) > 1e-6 * Math.max(1, sum))
        broken(`worker ${worker.id} is occupied for ${sum} ms and counts ${worker.occupancyMs}`)
    }
    for (const row of rowsOf(state)) {
      const arriving = state.arriving.get(row)
      if (tasks.phase[row] !== RUNNING) {
        if (arriving !== undefined || tasks.worker[row] !== -1)
          broken(`${name(state, row)} is still given to a worker`)
      } else if (arriving === undefined ? seated.get(row) !== tasks.worker[row] : !state.workers[arriving])
        broken(`${name(state, row)} runs nowhere`)
    }
  },

  'a run that waits for its own tasks is counted': (state, broken) => {
    const { flags } = state.tasks
    for (const worker of state.present) {
      const aside = seatedAt(state, worker).filter((row) => (flags[row] & ASIDE) !== 0).length
      if (aside !== worker.aside)
        broken(`worker ${worker.id} has ${aside} waiting runs, counts ${worker.aside}`)
    }
    for (const row of rowsOf(state))
      if ((flags[row] & ASIDE) !== 0 && state.tasks.phase[row] !== RUNNING)
        broken(`${name(state, row)} waits for its own tasks and does not run`)
  },

  'resources add up, and are never overdrawn but by tasks of waiting tasks': (state, broken) => {
    const { tasks, options } = state
    for (const worker of state.present) {
      const used = new Map<string, number>()
      const borrowed = new Map<string, number>()
      const lent = new Map<string, number>()
      const add = (sums: Map<string, number>, resource: string, amount: number): void =>
        void sums.set(resource, (sums.get(resource) ?? 0) + amount)
      for (const row of seatedAt(state, worker)) {
        const { restriction } = options.sets[tasks.option[row]]
        for (const [resource, amount] of restriction?.resources ?? []) {
          add(used, resource, amount)
          if (restriction?.nested) add(borrowed, resource, amount)
          if ((tasks.flags[row] & ASIDE) !== 0) add(lent, resource, amount)
        }
      }
      for (const [resource, free] of worker.free) {
        const left = supplyOf(worker, resource) - (used.get(resource) ?? 0)
        if (free !== left || free + (borrowed.get(resource) ?? 0) < 0)
          broken(`worker ${worker.id} has ${left} ${resource} left, counts ${free}`)
        const lends = lent.get(resource) ?? 0
        if (lends !== (worker.lent.get(resource) ?? 0))
          broken(`worker ${worker.id} lends ${lends} ${resource}, counts ${worker.lent.get(resource)}`)
      }
    }
  },

  'a failed task has a failure, and so has everything that waits for it': (state, broken) => {
    const { phase } = state.tasks
    let erred = 0
    for (const row of rowsOf(state)) {
      if (phase[row] !== ERRED) continue
      erred++
      if (!state.failures.has(row)) broken(`${name(state, row)} has no failure`)
      eachDependent(state, row, (dependent) => {
        if (phase[dependent] === WAITING || phase[dependent] === READY)
          broken(`${name(state, dependent)} stands on ${name(state, row)}`)
      })
    }
    if (erred !== state.failures.size)
      broken(`${erred} tasks failed, ${state.failures.size} failures are kept`)
  },

  'handles lead to wants, and wants to handles': (state, broken) => {
    const { tasks, wants } = state
    let handles = 0
    for (const client of state.clients.values()) {
      for (const entry of client.handles.values()) {
        handles++
        if (wants.client[entry] !== client.id || client.handles.get(wants.handle[entry]) !== entry)
          broken(`a handle of client ${client.id} leads to another's want`)
      }
    }
    let listed = 0
    for (const row of rowsOf(state))
      for (let entry = tasks.wants[row]; entry >= 0; entry = wants.next[entry]) {
        listed++
        if (wants.task[entry] !== row) broken(`a want of ${name(state, row)} names another task`)
      }
    if (handles !== listed || handles !== wants.size)
      broken(`${handles} handles, ${listed} wants in lists, ${wants.size} counted`)
  },

  'a segment lives as long as its tasks, a callable as long as its segments': (state, broken) => {
    const alive = new Map<number, number>()
    for (const row of rowsOf(state)) {
      const index = state.tasks.segment[row]
      alive.set(index, (alive.get(index) ?? 0) + 1)
    }
    const uses = new Map<number, number>()
    state.segments.forEach((segment, index) => {
      if (!segment) {
        if (alive.has(index)) broken(`segment ${index} is gone, its tasks are not`)
        return
      }
      if (segment.alive !== (alive.get(index) ?? 0))
        broken(`segment ${index} has ${alive.get(index) ?? 0} tasks, counts ${segment.alive}`)
      if (segment.alive === 0) broken(`segment ${index} is empty`)
      for (const number of segment.callables) uses.set(number, (uses.get(number) ?? 0) + 1)
    })
    for (const callable of state.callables.byNumber.values())
      if (callable.uses !== (uses.get(callable.number) ?? 0))
        broken(`callable ${callable.number} has ${uses.get(callable.number)} uses, counts ${callable.uses}`)
  },

  'edges between graphs lead both ways': (state, broken) => {
    const { tasks, cross } = state
    let listed = 0
    for (const row of rowsOf(state))
      for (let edge = tasks.crossDependents[row]; edge >= 0; edge = cross.next[edge]) {
        listed++
        if (cross.dependency[edge] !== row) broken(`an edge of ${name(state, row)} starts elsewhere`)
        if (tasks.phase[cross.dependent[edge]] === FREE) broken(`a dependent of ${name(state, row)} is gone`)
      }
    if (listed !== cross.size) broken(`${listed} edges, ${cross.size} counted`)
  },

  'no worker is idle while a task could run on it': (state, broken) => {
    const top = state.queue.top(state)
    if (top < 0) return
    for (const worker of state.present)
      if (worker.status === 'running' && !worker.quarantined && worker.assigned === 0)
        broken(`worker ${worker.id} is idle, ${name(state, top)} waits`)
  },

  'every task that could run stands in a queue': (state, broken) => {
    if (state.counts[READY] === 0) return
    const queues = [state.queue, state.quarantine, ...state.options.restrictions.map(({ queue }) => queue)]
    const queued = new Set<number>()
    for (const queue of queues) for (const row of queue.rows(state)) queued.add(row)
    for (const row of rowsOf(state))
      if (state.tasks.phase[row] === READY && !queued.has(row)) broken(`${name(state, row)} is in no queue`)
  },

  'a task that died with workers runs alone': (state, broken) => {
    for (const worker of state.present)
      if (worker.quarantinedTask >= 0 && worker.assigned !== 1)
        broken(`worker ${worker.id} has ${worker.assigned} tasks beside one that runs alone`)
  },
}

/** @throws {InvariantError} for the first rule that does not hold */
export function checkInvariants(state: State): void {
  for (const [rule, check] of Object.entries(RULES))
    check(state, (detail) => {
      throw new InvariantError(rule, detail)
    })
}
