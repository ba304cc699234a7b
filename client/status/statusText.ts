// The status bar item as plain data: text, tooltip and the command of a click.

import { type ClusterModel, type ClusterPhase, totalsOf } from '../cluster/clusterModel.ts'
import { bytesText, left, plural } from '../cluster/quantity.ts'
import { brief, grouped } from '../runs/runText.ts'

export interface StatusText {
  text: string
  /** Lines of the tooltip. */
  tooltip: string[]
  command: string
  tone: 'plain' | 'warning' | 'error'
}

/** A scheduler whose own job ends so soon is warned of. */
const SOON_MS = 15 * 60_000

/** @param nowMs epoch milliseconds */
export function statusText(model: ClusterModel, nowMs: number): StatusText {
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
        tooltip: [`The ${phase.name === 'local' ? 'local cluster' : `cluster ${phase.name}`} is starting.`],
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
      return running(model, phase, nowMs)
    default:
      return phase satisfies never
  }
}

function running(
  model: ClusterModel,
  phase: Extract<ClusterPhase, { kind: 'running' }>,
  nowMs: number,
): StatusText {
  const totals = totalsOf(model)
  const paused = [...model.workers.values()].filter((worker) => worker.paused)
  const tooltip = [
    `${phase.from === 'local' ? 'Local cluster' : `Cluster ${phase.name}`}: ${plural(totals.workers, 'worker')}, ${plural(totals.threads, 'thread')}, ${totals.busy} busy`,
    `Memory: ${bytesText(totals.rssBytes)} of ${bytesText(totals.memoryLimitBytes)}`,
  ]
  if (model.queued > 0) tooltip.push(`${grouped(model.queued)} tasks wait`)
  if (model.tasksPerSecond > 0) tooltip.push(`${brief(model.tasksPerSecond)} tasks a second`)
  for (const { info } of paused) tooltip.push(`${info.name} is paused: its memory is nearly full`)
  const endMs = model.jobs?.scheduler?.endMs
  const leftMs = endMs === undefined ? Infinity : endMs - nowMs
  if (endMs !== undefined)
    tooltip.push(`The scheduler's own job ends in ${left(leftMs)}, and the cluster with it.`)
  const pending = model.jobs?.jobs.filter(({ state }) => state === 'pending') ?? []
  if (pending.length > 0) tooltip.push(`${plural(pending.length, 'job')} waiting: ${pending[0].text}`)
  if (model.jobs?.stopped !== undefined) tooltip.push(model.jobs.stopped)
  tooltip.push('Click for the overview.')
  const where = phase.from === 'local' ? '' : `${phase.name}: `
  const ends = leftMs < SOON_MS ? ` · ends in ${left(leftMs)}` : ''
  return {
    text: `$(pulse) ${where}${plural(totals.workers, 'worker')} · ${totals.busy}/${totals.threads} busy · ${bytesText(totals.rssBytes)}${ends}`,
    tooltip,
    command: 'heddle.showOverview',
    tone: totals.workers === 0 || paused.length > 0 || leftMs < SOON_MS ? 'warning' : 'plain',
  }
}
