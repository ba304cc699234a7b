// What is told of one task: of one that failed as its run told it, of another as the cluster tells it. Pure.

import type { TaskFailure } from '../../runtime/protocol/failure.ts'
import { withLocalTime } from '../../runtime/protocol/localTime.ts'
import { failureTitle } from '../runs/runText.ts'
import { plainText } from './logReport.ts'

/** A task that failed, and the run that it failed in. */
export interface FailedTask {
  task: TaskFailure
  run: { label: string; startedMs: number }
}

/** @param name of a file, as a reader of the window knows it */
export function failedTaskReport({ task, run }: FailedTask, name: (file: string) => string): string[] {
  const { key, place, inputs, worker, kind, story = [], history = [], inputsFile } = task
  const facts = [
    place && ['where', `${name(place.file)}:${place.line}`],
    inputs && ['given', inputs.join(', ')],
    worker !== undefined && ['worker', worker],
    ['run', `${run.label}, ${new Date(run.startedMs).toLocaleTimeString('en-GB')}`],
  ].filter((fact) => Array.isArray(fact))
  return [
    ...['# A task', '', plainText(key), ''],
    `**${plainText(failureTitle(task))}**`,
    '',
    ...['| | |', '| --- | --- |'],
    ...facts.map(([what, value]) => `| ${what} | ${plainText(value)} |`),
    '',
    ...section('What happened to it', [...history, ...story.filter((line) => !history.includes(line))]),
    ...section('What to do', [wayOut(kind, inputsFile !== undefined)]),
  ]
}

/** @param why what it waits for, or that it is done @param story each step of its way */
export const liveTaskReport = (key: string, why: readonly string[], story: readonly string[]): string[] => [
  ...['# A task', '', plainText(key), ''],
  // Lines that stand below another are in its list.
  ...why.map((line) => (line.startsWith('  ') ? `- ${plainText(line.trim())}` : `${plainText(line)}\n`)),
  '',
  ...section('What happened to it', story),
]

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0
    ? []
    : [`## ${title}`, '', ...lines.map((line) => `- ${plainText(withLocalTime(line))}`), '']

function wayOut(kind: TaskFailure['kind'], isKept: boolean): string {
  switch (kind) {
    case 'threw':
      return isKept
        ? 'Debug This Task runs it again alone, with exactly what it was given, and stops where it threw.'
        : 'What it was given is not kept: run it again, then Debug This Task stops where it throws.'
    case 'cannot-travel':
      return 'Make the value inside the function, or take what the function needs of it.'
    case 'workers-died':
      return 'Why Did the Worker Die?, on its row in the view of clusters, tells of each. Most often memory ran out: smaller partitions, or fewer threads a worker.'
    case 'timed-out':
      return 'Give it more time (`timeoutMs`), or less to do: smaller partitions.'
    case 'out-of-memory':
      return 'Give it less at a time (smaller partitions), fewer threads a worker, or more memory (`heddle.local.memoryLimit`).'
    case 'data-lost':
      return 'Scatter it once more, with `{ broadcast: true }` to keep copies on all workers.'
    case 'dependency-failed':
      return 'Mend what it depends on: the task that failed first.'
    case 'cancelled':
      return 'Run it again: it was cancelled.'
    default:
      return kind satisfies never
  }
}
