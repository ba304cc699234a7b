// A cluster and a run as sentences for a language model. Pure.

import { type ClusterModel, totalsOf } from '../cluster/clusterModel.ts'
import { bytesText, plural } from '../cluster/quantity.ts'
import { workText } from '../runs/lineWork.ts'
import type { Run } from '../runs/runsModel.ts'
import { brief, failureTitle, grouped, seconds } from '../runs/runText.ts'

/**
 * What the user is asked before a run that a model wants.
 * @param code the line, so that nobody has to look it up
 */
export function questionOf(file: string, line: number, code: string | undefined): string {
  const question = `Run the computation in line ${line} of ${file}, and the statements above it that it needs, on the cluster of this window?`
  // As a block of code: chat renders the question as Markdown.
  return code ? `${question}\n\n    ${code}` : question
}

export function clusterInWords(model: ClusterModel): string {
  const { phase } = model
  if (phase.kind !== 'running')
    return phase.kind === 'lost'
      ? `The cluster was lost: ${phase.reason}`
      : `No cluster runs (${phase.kind}).`
  const { workers, threads, busy, rssBytes, memoryLimitBytes } = totalsOf(model)
  const lines = [
    `${phase.from === 'local' ? 'A local cluster' : `The cluster ${phase.name}`} runs (heddle ${phase.version}): ${plural(workers, 'worker')}, ${plural(threads, 'thread')}, ${busy} busy, memory ${bytesText(rssBytes)} of ${bytesText(memoryLimitBytes)}.`,
    `${grouped(model.queued)} tasks wait, ${brief(model.tasksPerSecond)} tasks a second are done.`,
  ]
  for (const worker of model.workers.values()) {
    const doing = worker.threads.map(({ group }) => group).join(', ')
    lines.push(
      `${worker.info.name} on ${worker.info.host}: CPU ${Math.round(worker.cpuPercent)} %, memory ${bytesText(worker.rssBytes)}${worker.paused ? ', paused since its memory is nearly full' : ''}${doing ? `, runs ${doing}` : ', idle'}.`,
    )
  }
  for (const { info, reason } of model.gone) lines.push(`${info.name} is gone: ${reason}.`)
  return lines.join('\n')
}

export function runInWords(run: Run): string {
  const { label, end, failure, result, lines } = run
  const said = [end ? `${label}: ${end.reason} after ${seconds(end.durationMs)}.` : `${label} still runs.`]
  if (result) {
    const { display, line } = result
    said.push(`Result: ${line}`)
    if (display.kind === 'table') {
      said.push(`A table of ${grouped(display.totalRows)} rows: ${display.columns.join(', ')}.`)
      for (const row of display.rows.slice(0, 20)) said.push(row.join(' | '))
    } else if (display.kind === 'array') said.push(display.text.slice(0, 4000))
    else if (display.kind === 'text' && display.text !== line) said.push(display.text.slice(0, 4000))
  }
  if (failure) {
    said.push(`It failed: ${failureTitle(failure)}`)
    for (const { file, line } of failure.frames.slice(0, 5)) said.push(`  at ${file}:${line}`)
    if (failure.task)
      said.push(
        `  in task ${failure.task.key}${failure.task.inputs ? `, given ${failure.task.inputs.join(', ')}` : ''}`,
      )
  }
  for (const figures of lines) said.push(`Line ${figures.line}: ${workText(figures)}.`)
  return said.join('\n')
}
