// Why what is asked for is not done yet, of everything at once: one line a reason, with a task for each.

import { counted, explain } from './explain.ts'
import { PHASE_NAMES, READY, RUNNING, STORED, WAITING } from './phases.ts'
import { aboveTarget } from './sources.ts'
import { eachDependency, keyOf, type State } from './state.ts'
import { occupying } from './worker.ts'

/** Of each kind of trouble, so many tasks are named. */
const NAMED_MAX = 3

export function explainAll(state: State): string[] {
  const { tasks, counts } = state
  const lines: string[] = []
  const workers = state.present
  if (workers.length === 0) lines.push('There is no worker: tasks wait until one joins.')
  lines.push(...state.expectedWorkers.map((line) => `A worker is on its way: ${line}.`))
  for (const worker of workers) {
    const { name } = worker.info
    if (worker.status === 'paused')
      lines.push(
        `${name} takes no new tasks: its memory is nearly full. It goes on when results are released or spilled.`,
      )
    if (worker.status === 'silent')
      lines.push(`${name} does not answer: it is being asked what became of it.`)
    if (worker.status === 'leaving') lines.push(`${name} is about to leave: it takes no new tasks.`)
  }
  const pending = counts[WAITING] + counts[READY] + counts[RUNNING]
  if (pending === 0)
    return [...lines, 'Nothing is left to do: every task that was asked for is done or has failed.']
  lines.push(
    `${counted(counts[RUNNING], 'task')} run or are about to, ${counts[READY]} could run, ${counts[WAITING]} wait for others.`,
  )
  if (state.sourcesHeld) lines.push(`Sources wait: memory of workers above target (${aboveTarget(state)}).`)
  const threads = workers.reduce((sum, worker) => sum + worker.threads, 0)
  const busy = workers.reduce((sum, worker) => sum + Math.min(worker.threads, occupying(worker)), 0)
  if (threads > 0 && counts[READY] > 0 && busy >= threads)
    lines.push(`All ${counted(threads, 'thread')} are busy: more workers would help.`)
  lines.push(...longest(state))
  lines.push(...someReady(state))
  const [root] = roots(state)
  if (root !== undefined && counts[READY] === 0 && counts[RUNNING] === 0)
    lines.push(
      `What waits stands on ${keyOf(state, root)}, which is ${PHASE_NAMES[tasks.phase[root]]}:`,
      ...explain(state, keyOf(state, root)),
    )
  return lines
}

/** The tasks that have run longest. */
function longest(state: State): string[] {
  const running: { key: string; worker: string; ms: number }[] = []
  for (const worker of state.present) {
    const { heartbeat } = worker
    heartbeat?.runningTasks.forEach((task, thread) => {
      if (task < 0 || task >= state.tasks.top || state.tasks.phase[task] !== RUNNING) return
      const ms = Math.max(0, state.nowMs - heartbeat.runningSince[thread])
      running.push({ key: keyOf(state, task), worker: worker.info.name, ms })
    })
  }
  return running
    .sort((a, b) => b.ms - a.ms)
    .slice(0, NAMED_MAX)
    .map(({ key, worker, ms }) => `${key} has run on ${worker} for ${(ms / 1000).toFixed(1)} s.`)
}

/** Tasks that could run and do not, where something else than the queue is in their way. */
function someReady(state: State): string[] {
  const { tasks } = state
  const lines = new Set<string>()
  for (let row = 0; row < tasks.top && lines.size < NAMED_MAX; row++) {
    if (tasks.phase[row] !== READY) continue
    const { restriction } = state.options.sets[tasks.option[row]]
    if (restriction || !state.present.some(({ status }) => status === 'running'))
      for (const line of explain(state, keyOf(state, row))) lines.add(line)
  }
  return [...lines].slice(0, NAMED_MAX)
}

/** What a waiting task stands on in the end. */
function roots(state: State): number[] {
  const { tasks } = state
  for (let row = 0; row < tasks.top; row++) {
    if (tasks.phase[row] !== WAITING) continue
    let at = row
    for (let steps = 0; steps < tasks.top; steps++) {
      let next = -1
      eachDependency(state, at, (dependency) => {
        if (next < 0 && tasks.phase[dependency] !== STORED) next = dependency
      })
      if (next < 0) break
      at = next
      if (tasks.phase[at] !== WAITING) break
    }
    return [at]
  }
  return []
}
