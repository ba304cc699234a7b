// A worker has ended runs: with values, with failures, or without having begun.

import type { TaskFailure } from '../protocol/failure.ts'
import type { FinishedMessage, WorkerMessage } from '../protocol/messages.ts'
import { fail } from './fail.ts'
import { addHolder, discard } from './hold.ts'
import { DROPPED, FINISHED, RETURNED, THREW } from './journal.ts'
import { reconsider } from './need.ts'
import { RUNNING, STORED, TROUBLED, WAITING } from './phases.ts'
import { ready } from './place.ts'
import { unneed } from './release.ts'
import { suits } from './restrict.ts'
import { assign, unseat } from './seat.ts'
import { eachDependency, keyOf, placeText, type State, setPhase, troubleOf } from './state.ts'
import { historyOf } from './story.ts'
import { tellFinished } from './tell.ts'
import type { Worker } from './worker.ts'

type Of<Type extends WorkerMessage['type']> = Extract<WorkerMessage, { type: Type }>

/** Does this worker run this very attempt? If not, the message is late, doubled, or about a row that is another task now. */
export function isCurrent(state: State, worker: Worker, task: number, run: number): boolean {
  const { tasks } = state
  return (
    task >= 0 &&
    task < tasks.top &&
    tasks.run[task] === run &&
    tasks.phase[task] === RUNNING &&
    tasks.worker[task] === worker.id
  )
}

/** The hot path: a value was made. Everything here is per task of every graph. */
export function finished(state: State, worker: Worker, message: FinishedMessage): void {
  const { tasks, cross } = state
  const { phase, waiting } = tasks
  worker.progressMs = state.nowMs
  for (let i = 0; i < message.tasks.length; i++) {
    const task = message.tasks[i]
    const run = message.runs[i]
    if (!isCurrent(state, worker, task, run)) {
      discardStale(state, worker, task, run)
      continue
    }
    unseat(state, task)
    state.groups.measure(tasks.group[task], message.durationsMs[i], message.sizes[i])
    setPhase(state, task, STORED)
    tasks.weight[task] = message.sizes[i]
    addHolder(state, task, worker)
    state.journal.write(message.starts[i] + message.durationsMs[i], FINISHED, task, run, worker.id)
    state.stream?.add(
      tasks.group[task],
      worker.id,
      message.threads[i],
      message.starts[i],
      message.durationsMs[i],
      0,
    )
    tellFinished(state, task, message.inline, message.inlineOffsets[i], message.inlineOffsets[i + 1])
    const index = tasks.segment[task]
    const segment = state.segments[index]!
    if (segment.dependencyOffsets.length > 0) {
      const place = tasks.place[task]
      const { dependencyOffsets, dependencies, dependentOffsets, dependents } = segment
      for (let e = dependencyOffsets[place], end = dependencyOffsets[place + 1]; e < end; e++) {
        const entry = dependencies[e]
        unneed(state, entry >= 0 ? entry : cross.dependency[-1 - entry])
      }
      for (let e = dependentOffsets[place], end = dependentOffsets[place + 1]; e < end; e++) {
        const dependent = dependents[e]
        if (tasks.segment[dependent] !== index || phase[dependent] !== WAITING) continue
        if (--waiting[dependent] === 0) ready(state, dependent)
      }
    }
    for (let edge = tasks.crossDependents[task]; edge >= 0; edge = cross.next[edge]) {
      const dependent = cross.dependent[edge]
      if (phase[dependent] === WAITING && --waiting[dependent] === 0) ready(state, dependent)
    }
  }
}

/** The value of a run that was given up takes up memory for nothing; one that was reported twice does not. */
function discardStale(state: State, worker: Worker, task: number, run: number): void {
  const { tasks } = state
  if (
    tasks.run[task] === run &&
    tasks.phase[task] === STORED &&
    state.replicas.has(worker.id, tasks.holders[task])
  )
    return
  discard(state, worker, task, run)
}

/** For a report that names none of its failures. */
const UNKNOWN_FAILURE: TaskFailure = {
  kind: 'threw',
  name: 'Error',
  message: 'the worker gave no reason',
  stack: '',
  key: '',
}

/** Of so many failed tasks at a time it is told how they came to it. */
const HISTORIES_MAX = 16

/** The user's function threw, or its result cannot travel: it runs again if it may, else it has failed. */
export function erred(state: State, worker: Worker, message: Of<'erred'>): void {
  const { tasks } = state
  worker.progressMs = state.nowMs
  for (let i = 0; i < message.tasks.length; i++) {
    const task = message.tasks[i]
    const run = message.runs[i]
    if (!isCurrent(state, worker, task, run)) continue
    const failure = message.failures[message.failure[i]] ?? UNKNOWN_FAILURE
    unseat(state, task)
    state.stream?.add(
      tasks.group[task],
      worker.id,
      message.threads[i],
      message.starts[i],
      message.durationsMs[i],
      1,
    )
    tasks.flags[task] |= TROUBLED
    const trouble = troubleOf(state, task)
    trouble.throws++
    trouble.lines.push(`run ${run} on ${worker.info.name} failed: ${failure.name}: ${failure.message}`)
    state.journal.write(message.starts[i] + message.durationsMs[i], THREW, task, run, worker.id)
    const { retries } = state.options.sets[tasks.option[task]]
    // What cannot travel will not do so the next time either.
    if (trouble.throws <= retries && failure.kind !== 'cannot-travel') reconsider(state, task)
    else
      fail(state, task, {
        ...named(state, task, failure),
        worker: worker.info.name,
        // It takes a look through the whole journal, and nobody reads of thousands.
        ...(state.failures.size < HISTORIES_MAX && { history: historyOf(state, task) }),
      })
  }
}

/** A failure with its task's key; in the text too where no line of the user's code stands in it. */
function named(state: State, task: number, failure: TaskFailure): TaskFailure {
  const key = keyOf(state, task)
  if (failure.kind !== 'out-of-memory') return { ...failure, key }
  const place = placeText(state, task)
  return { ...failure, key, message: failure.message.replace(/^the task/, `the task ${key}${place}`) }
}

/** Runs that the worker gave back before they began, since it was asked to: often for another worker. */
export function returned(state: State, worker: Worker, message: Of<'returned'>): void {
  for (let i = 0; i < message.tasks.length; i++) {
    const task = message.tasks[i]
    if (!isCurrent(state, worker, task, message.runs[i])) continue
    const thief = state.workers[state.thieves.get(task) ?? -1]
    const { restriction } = state.options.sets[state.tasks.option[task]]
    unseat(state, task)
    state.journal.write(state.nowMs, RETURNED, task, message.runs[i], worker.id)
    const able =
      thief !== undefined &&
      thief.status === 'running' &&
      !thief.quarantined &&
      (!restriction || suits(state, thief, restriction)) &&
      allStored(state, task)
    if (able) assign(state, task, thief)
    else reconsider(state, task)
  }
}

/** Runs that ended without a result and without blame: they run again. */
export function dropped(state: State, worker: Worker, message: Of<'dropped'>): void {
  for (let i = 0; i < message.tasks.length; i++) {
    const task = message.tasks[i]
    if (!isCurrent(state, worker, task, message.runs[i])) continue
    unseat(state, task)
    state.journal.write(state.nowMs, DROPPED, task, message.runs[i], worker.id)
    reconsider(state, task)
  }
}

function allStored(state: State, task: number): boolean {
  let stored = true
  eachDependency(state, task, (dependency) => {
    if (state.tasks.phase[dependency] !== STORED) stored = false
  })
  return stored
}
