// Why one task is not done yet: what it waits for, and what would help.

import type { Restriction } from './options.ts'
import { ERRED, PHASE_NAMES, READY, RELEASED, RUNNING, STORED, TROUBLED, WAITING } from './phases.ts'
import { rankOf } from './rank.ts'
import { goesBy, suitsEver } from './restrict.ts'
import { DEATHS_TO_QUARANTINE } from './seat.ts'
import { aboveTarget, isHeldBack, sourceBytes } from './sources.ts'
import { eachDependency, keyOf, type State } from './state.ts'
import { rowOfKey } from './story.ts'
import { canFinish } from './timeLeft.ts'
import { supplyOf } from './worker.ts'

/** More than these are counted, not named. */
const DEPENDENCIES_NAMED_MAX = 10

export function explain(state: State, key: string): string[] {
  const row = rowOfKey(state, key)
  if (row < 0) return [`${key} is not known here: it was never submitted, or everybody has let go of it.`]
  const { tasks } = state
  switch (tasks.phase[row]) {
    case WAITING:
      return explainWaiting(state, row)
    case READY:
      return explainReady(state, row)
    case RUNNING:
      return explainRunning(state, row)
    case STORED: {
      const holders: string[] = []
      for (let entry = tasks.holders[row]; entry >= 0; entry = state.replicas.next[entry])
        holders.push(state.workers[state.replicas.worker[entry]]!.info.name)
      return [`${key} is done: ${tasks.weight[row]} bytes, held by ${holders.join(', ')}.`]
    }
    case ERRED: {
      const failure = state.failures.get(row)!
      const own = failure.key === keyOf(state, row)
      return [
        own
          ? `${key} failed: ${failure.name}: ${failure.message}`
          : `${key} cannot run, since ${failure.key} failed: ${failure.name}: ${failure.message}`,
        'Call retry() on its future to try again.',
      ]
    }
    case RELEASED:
      return [
        `${key} was done or given up, and nobody needs its value now; it is kept since others depend on it.`,
      ]
    default:
      return [`${key} is ${PHASE_NAMES[tasks.phase[row]]}.`]
  }
}

function explainWaiting(state: State, row: number): string[] {
  const { tasks } = state
  const lines: string[] = []
  let more = 0
  eachDependency(state, row, (dependency) => {
    const phase = tasks.phase[dependency]
    if (phase === STORED) return
    if (lines.length < DEPENDENCIES_NAMED_MAX)
      lines.push(`  ${keyOf(state, dependency)}, which is ${PHASE_NAMES[phase]}`)
    else more++
  })
  if (more > 0) lines.push(`  and ${more} more`)
  return [`${keyOf(state, row)} waits for ${tasks.waiting[row]} of its dependencies:`, ...lines]
}

function explainReady(state: State, row: number): string[] {
  const { tasks } = state
  const key = keyOf(state, row)
  if (state.present.length === 0)
    return state.expectedWorkers.length === 0
      ? [`${key} could run, but there is no worker.`]
      : state.expectedWorkers.map((line) => `${key} waits for a worker: ${line}.`)
  const running = state.present.filter(({ status }) => status === 'running')
  if (running.length === 0)
    return [
      `${key} could run, but every worker is paused, since its memory is full, or is about to leave.`,
      ...state.expectedWorkers.map((line) => `More are on their way: ${line}.`),
    ]
  if (running.every((worker) => isHeldBack(state, worker, row)))
    return [
      `${key} waits: memory of workers above target (${aboveTarget(state)}).`,
      `It is a source that gives about ${megabytes(sourceBytes(state, row))}: it starts when there is room, or when no task runs that uses what is there.`,
    ]
  const { restriction } = state.options.sets[tasks.option[row]]
  if (restriction) return explainRestricted(state, key, restriction)
  const trouble = (tasks.flags[row] & TROUBLED) === 0 ? undefined : state.troubles.get(row)
  if (trouble && trouble.deaths >= DEATHS_TO_QUARANTINE)
    return [`${key} has lost ${trouble.deaths} workers: it waits for one that is empty, to run there alone.`]
  let before = 0
  const rank = rankOf(state, row)
  for (let other = 0; other < tasks.top; other++)
    if (tasks.phase[other] === READY && rankOf(state, other) < rank) before++
  if (!running.some((worker) => canFinish(state, worker, row)))
    return [
      `${key} could run, but no worker has the time left that it is expected to take: it waits for one that has.`,
      ...state.expectedWorkers.map((line) => `One is on its way: ${line}.`),
    ]
  return [`${key} could run: it waits for a worker with room, behind ${before} other tasks.`]
}

const megabytes = (bytes: number): string => `${Number((bytes / 1e6).toPrecision(2))} MB`

function explainRestricted(state: State, key: string, restriction: Restriction): string[] {
  const lines: string[] = []
  const { workers, resources } = restriction
  if (workers) {
    const here = state.present.filter((worker) => goesBy(worker, workers))
    if (here.length === 0)
      lines.push(
        `${key} may run on ${workers.join(', ')} alone, and none of them is here: ` +
          `start one of that name, or allow others with { allowOtherWorkers: true }.`,
      )
    else if (here.every(({ status }) => status !== 'running'))
      lines.push(`${key} may run on ${workers.join(', ')} alone, which takes no tasks now.`)
  }
  for (const [name, amount] of resources) {
    const most = Math.max(0, ...state.present.map((worker) => supplyOf(worker, name)))
    if (most === 0)
      lines.push(
        `${key} needs ${amount / 1e6} ${name}, and no worker has any: start workers with that resource.`,
      )
    else if (most < amount)
      lines.push(`${key} needs ${amount / 1e6} ${name}, and no worker has more than ${most / 1e6}.`)
  }
  if (lines.length > 0) return lines
  const able = state.present.filter((worker) => suitsEver(state, worker, restriction))
  if (able.length === 0) return [`${key} needs ${describe(restriction)}: no single worker has all of that.`]
  const waiting = able.filter(({ lent }) => resources.some(([name]) => (lent.get(name) ?? 0) > 0))
  const held = waiting.map(({ info }) => info.name).join(', ')
  return [
    `${key} could run on ${able.map(({ info }) => info.name).join(', ')}: it waits for ${describe(restriction)} to be free there.`,
    ...(held === '' ? [] : [`Tasks on ${held} hold some of it while they wait for tasks of their own.`]),
  ]
}

/** A restriction in words. */
export function describe({ workers, resources }: Restriction): string {
  const parts = resources.map(([name, amount]) => `${amount / 1e6} ${name}`)
  if (workers) parts.push(`a thread of ${workers.join(' or ')}`)
  return parts.join(' and ') || 'a thread'
}

function explainRunning(state: State, row: number): string[] {
  const { tasks } = state
  const key = keyOf(state, row)
  const arrivingAt = state.arriving.get(row)
  if (arrivingAt !== undefined)
    return [`${key} is on its way from its client to ${state.workers[arrivingAt]!.info.name}.`]
  const worker = state.workers[tasks.worker[row]]!
  const own = state.ownProgress.get(row)
  const said = own === undefined ? [] : [`It says: ${own}.`]
  const beat = worker.heartbeat
  const thread = beat ? beat.runningTasks.indexOf(row) : -1
  if (beat && thread >= 0) {
    const seconds = Math.max(0, state.nowMs - beat.runningSince[thread]) / 1000
    return [`${key} runs on ${worker.info.name}, thread ${thread}, for ${seconds.toFixed(1)} s.`, ...said]
  }
  return [
    `${key} was given to ${worker.info.name}, which has ${counted(worker.assigned, 'task')} for ${counted(worker.threads, 'thread')}` +
      `${worker.status === 'paused' ? ' and is paused, since its memory is full' : ''}.`,
    ...said,
  ]
}

/** A number of things: `1 task`, `2 tasks`. */
export const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`
