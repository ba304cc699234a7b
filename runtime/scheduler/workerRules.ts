// Rules of workers: what they run, hold, lend and are given.

import { heldBy } from './hold.ts'
import { ASIDE, COPIED_ON_DEMAND, RUNNING } from './phases.ts'
import { nameOf, type Rule, rowsOf } from './rule.ts'
import { seatedAt } from './seat.ts'
import { consuming, isAboveTarget, isConsumer, sourceBytes } from './sources.ts'
import { supplyOf } from './worker.ts'

export const WORKER_RULES: Record<string, Rule> = {
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
          broken(`${nameOf(state, row)} is still given to a worker`)
      } else if (arriving === undefined ? seated.get(row) !== tasks.worker[row] : !state.workers[arriving])
        broken(`${nameOf(state, row)} runs nowhere`)
    }
  },

  'a run that waits for its own tasks is counted': (state, broken) => {
    const { flags } = state.tasks
    for (const worker of state.present) {
      const aside = seatedAt(state, worker).filter((row) => (flags[row] & ASIDE) !== 0).length
      if (aside !== worker.aside)
        broken(`worker ${worker.id} has ${aside} waiting runs, counts ${worker.aside}`)
      const consuming = seatedAt(state, worker).filter(
        (row) => (flags[row] & ASIDE) === 0 && isConsumer(state, row),
      ).length
      if (consuming !== worker.consuming)
        broken(`worker ${worker.id} has ${consuming} runs that use data, counts ${worker.consuming}`)
    }
    for (const row of rowsOf(state))
      if ((flags[row] & ASIDE) !== 0 && state.tasks.phase[row] !== RUNNING)
        broken(`${nameOf(state, row)} waits for its own tasks and does not run`)
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

  'no worker is idle while a task could run on it': (state, broken) => {
    const top = state.queue.top(state)
    if (top < 0) return
    // One whose time is limited may lack the time for the first that waits.
    for (const worker of state.present)
      if (
        worker.status === 'running' &&
        !worker.quarantined &&
        worker.assigned === 0 &&
        !worker.time &&
        !(state.sourcesHeld && isAboveTarget(worker) && sourceBytes(state, top) > 0)
      )
        broken(`worker ${worker.id} is idle, ${nameOf(state, top)} waits`)
  },

  'sources are held only while tasks run that use data': (state, broken) => {
    if (state.sourcesHeld && consuming(state) === 0) broken('nothing runs whose end would let them go on')
  },

  'a worker gets nothing beside a task that died with workers': (state, broken) => {
    for (const worker of state.present)
      if (worker.quarantinedTask >= 0 && seatedAt(state, worker).at(-1) !== worker.quarantinedTask)
        broken(`worker ${worker.id} was given a task after one that runs alone`)
  },

  'copies that a client asked for are known, and only those': (state, broken) => {
    let flagged = 0
    for (const row of rowsOf(state)) {
      const asked = (state.tasks.flags[row] & COPIED_ON_DEMAND) !== 0
      if (asked) flagged++
      if (asked !== state.copiesAsked.has(row))
        broken(`${nameOf(state, row)} was ${asked ? '' : 'never '}asked to be copied`)
    }
    if (flagged !== state.copiesAsked.size)
      broken(`${flagged} values are to be copied, ${state.copiesAsked.size} are known`)
  },
}
