// Every invariant is shown to find a fault that is planted for it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PUBLISHED } from '../../runtime/scheduler/datasets.ts'
import { checkInvariants, InvariantError, RULES } from '../../runtime/scheduler/invariants.ts'
import { READY, RELEASED, RUNNING, STORED, WAITING } from '../../runtime/scheduler/phases.ts'
import type { State } from '../../runtime/scheduler/state.ts'
import { erred, finished, joined, lost, type PaperCluster, simulate, submitted } from './kit.ts'

/** Tasks in every phase: a stored, b running, c waiting, d ready, e erred, f released; and an edge to another graph. */
function busy(): PaperCluster {
  const cluster = simulate('f; a <- f; b <- a; c <- b', { workers: ['w1'], wanted: ['a', 'b', 'c'] })
  cluster.play(finished('f', 'w1'), finished('a', 'w1'))
  cluster.play(submitted('e'), erred('e', 'w1'), submitted('g <- b'))
  cluster.play(submitted('r', { options: { r: { resources: { gpu: 1 } } } }))
  cluster.play(joined({ name: 'w2', resources: { gpu: 1 } }))
  cluster.play(submitted('d1; d2; d3; d4; d5; d6'))
  return cluster
}

/** The first row in a phase. */
function rowIn(state: State, phase: number, from = 0): number {
  for (let row = from; row < state.tasks.top; row++) if (state.tasks.phase[row] === phase) return row
  assert.fail(`no task is in phase ${phase}`)
}

const FAULTS: Record<string, (state: State) => void> = {
  'counts of phases are right, overall and by group': (state) => {
    state.counts[STORED]++
  },
  'every row is found by its key, and no other': (state) => {
    state.keys.delete(state.tasks.digests, rowIn(state, STORED))
  },
  'dependencies of a task exist': (state) => {
    const row = rowIn(state, RELEASED)
    state.counts[RELEASED]--
    state.keys.delete(state.tasks.digests, row)
    state.tasks.giveBack(row)
  },
  'a waiting task waits for exactly its unfinished dependencies, at least one': (state) => {
    state.tasks.waiting[rowIn(state, WAITING)]++
  },
  'what a waiting task waits for is on its way': (state) => {
    // Let go of by mistake while somebody waits for it.
    const row = rowIn(state, RUNNING)
    move(state, row, RELEASED)
  },
  'a task that could run has its dependencies stored': (state) => {
    move(state, rowIn(state, STORED), RELEASED)
    move(state, rowIn(state, RUNNING), READY)
  },
  'what a running task stands on is stored, failed, or on its way again': (state) => {
    move(state, rowIn(state, STORED), RELEASED)
  },
  'waiters and keepers are counted right': (state) => {
    state.tasks.waiters[rowIn(state, STORED)]++
  },
  'nothing is kept or computed that nobody needs': (state) => {
    const row = rowIn(state, READY)
    state.tasks.waiters[row] = 0
    state.tasks.keepers[row] = 0
    state.wants.remove(state.tasks.wants[row], state.tasks.wants)
  },
  'nothing that is needed lies idle': (state) => {
    move(state, rowIn(state, READY), RELEASED)
  },
  'a stored value has holders that are here, each once, and nothing else has': (state) => {
    const row = rowIn(state, STORED)
    state.tasks.holders[row] = state.replicas.add(0, state.tasks.holders[row])
  },
  'whoHas and hasWhat agree': (state) => {
    state.workers[0]!.heldBytes += 1
  },
  'a running task has a worker that is here and knows of it': (state) => {
    state.workers[0]!.assigned++
  },
  'a run that waits for its own tasks is counted': (state) => {
    state.present[0].aside++
  },
  'resources add up, and are never overdrawn but by tasks of waiting tasks': (state) => {
    state.workers[1]!.free.set('gpu', 7)
  },
  'a failed task has a failure, and so has everything that waits for it': (state) => {
    state.failures.clear()
  },
  'handles lead to wants, and wants to handles': (state) => {
    state.clients.get(0)!.handles.delete(1)
  },
  'a segment lives as long as its tasks, a callable as long as its segments': (state) => {
    state.segments.find((segment) => segment !== undefined)!.alive++
  },
  'edges between graphs lead both ways': (state) => {
    state.cross.add(
      rowIn(state, RUNNING),
      rowIn(state, WAITING),
      new Int32Array(state.tasks.capacity).fill(-1),
    )
  },
  'no worker is idle while a task could run on it': (state) => {
    const worker = state.workers[0]!
    for (let row = 0; row < state.tasks.top; row++) {
      if (state.tasks.phase[row] !== RUNNING || state.tasks.worker[row] !== 0) continue
      move(state, row, WAITING)
      state.tasks.worker[row] = -1
    }
    worker.assigned = 0
    worker.occupancyMs = 0
  },
  'every task that could run stands in a queue': (state) => {
    state.queue.pop(state.queue.top(state))
  },
  'sources are held only while tasks run that use data': (state) => {
    state.sourcesHeld = true
    // The books of what runs stay right: it has only lost what it stands on.
    for (const worker of state.present) worker.consuming = 0
  },
  'copies that a client asked for are known, and only those': (state) => {
    state.copiesAsked.set(rowIn(state, STORED), 2)
  },
  'what is published is wanted for its dataset, and nothing else is': (state) => {
    const row = rowIn(state, STORED)
    state.tasks.waiters[row]++
    state.tasks.keepers[row]++
    state.wants.add(PUBLISHED, 1, row, state.tasks.wants)
  },
  'a worker gets nothing beside a task that died with workers': (state) => {
    state.workers[0]!.quarantinedTask = rowIn(state, RUNNING)
  },
}

/** Changes a phase and nothing that follows from it. */
function move(state: State, row: number, phase: number): void {
  const group = state.tasks.group[row]
  for (const [at, change] of [
    [state.tasks.phase[row], -1],
    [phase, 1],
  ]) {
    state.counts[at] += change
    state.groups.counts[group * 8 + at] += change
  }
  state.tasks.phase[row] = phase
}

test('every rule has a fault', () => {
  assert.deepEqual(Object.keys(FAULTS).sort(), Object.keys(RULES).sort())
})

for (const [rule, plant] of Object.entries(FAULTS))
  test(`planted: ${rule}`, () => {
    const { state } = busy().scheduler
    checkInvariants(state)
    plant(state)
    const found: string[] = []
    RULES[rule](state, (detail) => found.push(detail))
    assert.notEqual(found.length, 0, 'the rule finds it')
    assert.throws(() => checkInvariants(state), InvariantError)
  })

test('the flag checks after every event', () => {
  const cluster = simulate('a', { workers: ['w1'], checkInvariants: true })
  cluster.scheduler.state.counts[STORED]++
  assert.throws(() => cluster.scheduler.tick(2_000), /the scheduler's rule "counts of phases are right/)
})

test('a lost worker leaves no broken rule', () => {
  busy().play(lost('w1'), lost('w2'), joined('w3*4'))
})
