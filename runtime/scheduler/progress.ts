// Telling clients how far their graphs are, at most ten times a second.

import { dirtyClient, type State } from './state.ts'

const TELL_EVERY_MS = 100

/** Called by the clock; looks only at graphs whose counts have changed. */
export function tellProgress(state: State): void {
  const { moving } = state
  let kept = 0
  for (const segment of moving) {
    const { progress } = segment
    const client = state.clients.get(segment.client)
    if (!client) {
      progress.moving = false
      continue
    }
    const finished = progress.total - progress.pending - progress.erred
    if (progress.pending > 0 && state.nowMs - progress.toldMs < TELL_EVERY_MS) {
      moving[kept++] = segment
      continue
    }
    const sinceMs = state.nowMs - (progress.toldMs === 0 ? segment.createdMs : progress.toldMs)
    const done = Math.max(0, finished - progress.toldFinished)
    progress.moving = false
    progress.toldFinished = finished
    progress.toldMs = state.nowMs
    client.outbox.sealed.push({
      type: 'progress',
      graph: segment.graph,
      total: progress.total,
      finished,
      running: progress.running,
      erred: progress.erred,
      perSecond: sinceMs > 0 ? (done * 1000) / sinceMs : 0,
    })
    dirtyClient(state, client)
  }
  moving.length = kept
}
