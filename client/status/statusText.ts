// The status bar item as plain data: text, tooltip and the command of a click.

import { type ClusterModel, totalsOf } from '../cluster/clusterModel.ts'
import { bytesText, plural } from '../cluster/quantity.ts'
import { brief, grouped } from '../runs/runText.ts'

export interface StatusText {
  text: string
  /** Lines of the tooltip. */
  tooltip: string[]
  command: string
  tone: 'plain' | 'warning' | 'error'
}

export function statusText(model: ClusterModel): StatusText {
  const { phase } = model
  switch (phase.kind) {
    case 'none':
      return {
        text: '$(pulse) Heddle',
        tooltip: ['No cluster runs.', 'Click to start a local one.'],
        command: 'heddle.startLocalCluster',
        tone: 'plain',
      }
    case 'starting':
      return {
        text: '$(loading~spin) Heddle: starting',
        tooltip: ['The local cluster is starting.'],
        command: 'heddle.showOutput',
        tone: 'plain',
      }
    case 'stopping':
      return {
        text: '$(loading~spin) Heddle: stopping',
        tooltip: ['The cluster is stopping.'],
        command: 'heddle.showOutput',
        tone: 'plain',
      }
    case 'lost':
      return {
        text: '$(error) Heddle: cluster lost',
        tooltip: [phase.reason, 'Click to start a new local cluster.'],
        command: 'heddle.startLocalCluster',
        tone: 'error',
      }
    case 'running':
      return running(model)
    default:
      return phase satisfies never
  }
}

function running(model: ClusterModel): StatusText {
  const totals = totalsOf(model)
  const paused = [...model.workers.values()].filter((worker) => worker.paused)
  const tooltip = [
    `Local cluster: ${plural(totals.workers, 'worker')}, ${plural(totals.threads, 'thread')}, ${totals.busy} busy`,
    `Memory: ${bytesText(totals.rssBytes)} of ${bytesText(totals.memoryLimitBytes)}`,
  ]
  if (model.queued > 0) tooltip.push(`${grouped(model.queued)} tasks wait`)
  if (model.tasksPerSecond > 0) tooltip.push(`${brief(model.tasksPerSecond)} tasks a second`)
  for (const { info } of paused) tooltip.push(`${info.name} is paused: its memory is nearly full`)
  tooltip.push('Click for the overview.')
  return {
    text: `$(pulse) ${plural(totals.workers, 'worker')} · ${totals.busy}/${totals.threads} busy · ${bytesText(totals.rssBytes)}`,
    tooltip,
    command: 'heddle.showOverview',
    tone: totals.workers === 0 || paused.length > 0 ? 'warning' : 'plain',
  }
}
