// What the scheduler says, applied to the worker's books.

import type { MessageOf } from '../protocol/fields.ts'
import type { ExecuteInstruction, WORKER_INSTRUCTIONS } from '../protocol/messages.ts'
import { CANCELLED, POSTED, READING, READY, WAITING } from './runBooks.ts'
import { AWAITED, FREE } from './values.ts'
import { admit, dropParts, dropValue, leaveRun, stopWaiting, type WorkerState } from './workerState.ts'

type Instruction<Type extends keyof typeof WORKER_INSTRUCTIONS> = MessageOf<typeof WORKER_INSTRUCTIONS, Type>

export function onExecute(state: WorkerState, message: ExecuteInstruction): void {
  const { runs, partUses } = state
  for (const slot of runs.enter(message)) {
    if (slot === -1) continue
    runs.eachPart(slot, (task, run, part) => partUses.add(task, run, part))
    admit(state, slot)
  }
}

export function onDiscard(state: WorkerState, message: Instruction<'discard'>): void {
  state.reports.discarded()
  for (let i = 0; i < message.tasks.length; i++) {
    dropParts(state, message.tasks[i], message.runs[i])
    const row = state.values.rowOf(message.tasks[i], message.runs[i])
    if (row === -1) continue
    // A value that a run here still waits for comes anyway; it is reported then, and discarded again.
    if (state.values.phase(row) === AWAITED && state.waiters.has(row)) continue
    dropValue(state, row)
  }
}

/** Waiting runs are dropped, running ones lose their thread. */
export function onCancel(state: WorkerState, message: Instruction<'cancel'>): void {
  const slots = new Set<number>()
  for (let i = 0; i < message.tasks.length; i++) {
    const slot = state.runs.slotOf(message.tasks[i], message.runs[i])
    if (slot !== -1) slots.add(slot)
  }
  for (const slot of slots) cancel(state, slot)
  stopPosted(state, slots)
}

function cancel(state: WorkerState, slot: number): void {
  switch (state.runs.phase(slot)) {
    case WAITING:
    case READY:
    case READING:
      stopWaiting(state, slot)
      state.reports.dropped(state.runs.task(slot), state.runs.run(slot))
      leaveRun(state, slot)
      break
    case POSTED:
      state.runs.setPhase(slot, CANCELLED)
      break
  }
}

function stopPosted(state: WorkerState, slots: ReadonlySet<number>): void {
  state.lanes.forEach((lane, number) => {
    for (const posted of lane.posted) {
      const here: number[] = []
      for (let i = posted.reported; i < posted.slots.length; i++)
        if (slots.has(posted.slots[i])) here.push(posted.slots[i])
      if (here.length > 0)
        state.actions.push({ kind: 'stop', lane: number, batch: posted.batch, slots: here })
    }
    for (const { slot, batch } of lane.aside)
      if (slots.has(slot)) state.actions.push({ kind: 'stop', lane: number, batch, slots: [slot] })
  })
}

/** Gives back what no thread has begun. */
export function onRecall(state: WorkerState, message: Instruction<'recall'>): void {
  for (let i = 0; i < message.tasks.length; i++) {
    const slot = state.runs.slotOf(message.tasks[i], message.runs[i])
    if (slot === -1) continue
    const phase = state.runs.phase(slot)
    if (phase === POSTED || phase === CANCELLED) continue
    stopWaiting(state, slot)
    state.reports.returned(message.tasks[i], message.runs[i])
    leaveRun(state, slot)
  }
}

export function onReplicate(state: WorkerState, message: Instruction<'replicate'>): void {
  for (let i = 0; i < message.tasks.length; i++) {
    const task = message.tasks[i]
    const run = message.runs[i]
    const row = state.values.rowOf(task, run)
    if (row !== -1) {
      if (state.values.phase(row) !== AWAITED) state.reports.stored(task, run, state.values.bytes(row))
      continue
    }
    state.values.await(task, run, message.sizes[i])
    state.fetches.want(message.holders[i], task, run, message.sizes[i])
  }
}

/** The scheduler is gone, or has taken this worker for lost: nothing that it asked for is wanted any more. */
export function onDisconnected(state: WorkerState): void {
  const slots = new Set<number>()
  for (let slot = 0; slot < state.runs.slots; slot++) {
    const phase = state.runs.phase(slot)
    if (phase === POSTED) slots.add(slot)
    if (phase === WAITING || phase === READY || phase === READING || phase === POSTED) cancel(state, slot)
  }
  stopPosted(state, slots)
  state.fetches.clear()
  for (let row = 0; row < state.values.rows; row++)
    if (state.values.phase(row) === AWAITED && !state.values.isDoomed(row)) dropValue(state, row)
  state.reports.forget()
}

/** It has joined another cluster: tasks and runs there have the same numbers for other things. */
export function onOtherCluster(state: WorkerState): void {
  for (const { task, run } of [...state.values.parted.all()]) dropParts(state, task, run)
  for (let row = 0; row < state.values.rows; row++)
    if (state.values.phase(row) !== FREE && !state.values.isDoomed(row)) dropValue(state, row)
}
