// Rules of tasks: phases, dependencies, needs, keys, graphs.

import { GROUP_STRIDE } from './groups.ts'
import { ERRED, FREE, isPending, PHASE_NAMES, READY, RELEASED, RUNNING, STORED, WAITING } from './phases.ts'
import { nameOf, type Rule, rowsOf } from './rule.ts'
import { eachDependency, eachDependent } from './state.ts'

export const TASK_RULES: Record<string, Rule> = {
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
        broken(`${nameOf(state, row)} is not found by its key`)
    }
    if (rows !== state.keys.size || rows !== state.tasks.used)
      broken(`${rows} rows, ${state.keys.size} keys, ${state.tasks.used} rows counted`)
  },

  'dependencies of a task exist': (state, broken) => {
    for (const row of rowsOf(state))
      eachDependency(state, row, (dependency) => {
        if (state.tasks.phase[dependency] === FREE) broken(`a dependency of ${nameOf(state, row)} is gone`)
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
        broken(`${nameOf(state, row)} waits for ${state.tasks.waiting[row]}, ${missing} are unfinished`)
    }
  },

  'what a waiting task waits for is on its way': (state, broken) => {
    for (const row of rowsOf(state)) {
      if (state.tasks.phase[row] !== WAITING) continue
      eachDependency(state, row, (dependency) => {
        const phase = state.tasks.phase[dependency]
        if (phase !== STORED && !isPending(phase))
          broken(`${nameOf(state, row)} waits for ${nameOf(state, dependency)}`)
      })
    }
  },

  'a task that could run has its dependencies stored': (state, broken) => {
    for (const row of rowsOf(state)) {
      if (state.tasks.phase[row] !== READY) continue
      eachDependency(state, row, (dependency) => {
        if (state.tasks.phase[dependency] !== STORED)
          broken(`${nameOf(state, row)} stands on ${nameOf(state, dependency)}`)
      })
    }
  },

  'what a running task stands on is stored, failed, or on its way again': (state, broken) => {
    for (const row of rowsOf(state)) {
      if (state.tasks.phase[row] !== RUNNING) continue
      eachDependency(state, row, (dependency) => {
        if (state.tasks.phase[dependency] === RELEASED)
          broken(`${nameOf(state, row)} stands on ${nameOf(state, dependency)}`)
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
        broken(`${nameOf(state, row)} has ${waiters} waiters, ${tasks.waiters[row]} counted`)
      if (keepers !== tasks.keepers[row])
        broken(`${nameOf(state, row)} has ${keepers} keepers, ${tasks.keepers[row]} counted`)
    }
  },

  'nothing is kept or computed that nobody needs': (state, broken) => {
    const { phase, waiters, keepers } = state.tasks
    for (const row of rowsOf(state)) {
      if (keepers[row] === 0) broken(`${nameOf(state, row)} is kept for nobody`)
      if (waiters[row] === 0 && phase[row] !== RELEASED && phase[row] !== ERRED)
        broken(`${nameOf(state, row)} is needed by nobody`)
    }
  },

  'nothing that is needed lies idle': (state, broken) => {
    for (const row of rowsOf(state))
      if (state.tasks.phase[row] === RELEASED && state.tasks.waiters[row] > 0)
        broken(`${nameOf(state, row)} has ${state.tasks.waiters[row]} waiters`)
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
          broken(`${nameOf(state, row)} is held by worker ${worker}, which has left`)
        if (seen.has(worker)) broken(`${nameOf(state, row)} is held twice by worker ${worker}`)
        seen.add(worker)
      }
      if (tasks.phase[row] === STORED ? seen.size === 0 : seen.size > 0)
        broken(`${nameOf(state, row)} has ${seen.size} holders`)
    }
    if (entries !== replicas.size) broken(`${entries} replicas, ${replicas.size} counted`)
  },

  'a failed task has a failure, and so has everything that waits for it': (state, broken) => {
    const { phase } = state.tasks
    let erred = 0
    for (const row of rowsOf(state)) {
      if (phase[row] !== ERRED) continue
      erred++
      if (!state.failures.has(row)) broken(`${nameOf(state, row)} has no failure`)
      eachDependent(state, row, (dependent) => {
        if (phase[dependent] === WAITING || phase[dependent] === READY)
          broken(`${nameOf(state, dependent)} stands on ${nameOf(state, row)}`)
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
    // The scheduler's own are looked at by a rule of datasets.
    for (const { entries } of state.datasets.values()) handles += entries.length
    let listed = 0
    for (const row of rowsOf(state))
      for (let entry = tasks.wants[row]; entry >= 0; entry = wants.next[entry]) {
        listed++
        if (wants.task[entry] !== row) broken(`a want of ${nameOf(state, row)} names another task`)
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
        if (cross.dependency[edge] !== row) broken(`an edge of ${nameOf(state, row)} starts elsewhere`)
        if (tasks.phase[cross.dependent[edge]] === FREE)
          broken(`a dependent of ${nameOf(state, row)} is gone`)
      }
    if (listed !== cross.size) broken(`${listed} edges, ${cross.size} counted`)
  },

  'every task that could run stands in a queue': (state, broken) => {
    if (state.counts[READY] === 0) return
    const queues = [state.queue, state.quarantine, ...state.options.restrictions.map(({ queue }) => queue)]
    const queued = new Set<number>()
    for (const queue of queues) for (const row of queue.rows(state)) queued.add(row)
    for (const row of rowsOf(state))
      if (state.tasks.phase[row] === READY && !queued.has(row)) broken(`${nameOf(state, row)} is in no queue`)
  },
}
