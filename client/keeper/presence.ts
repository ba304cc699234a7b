// Decides when a kept cluster has to end: windows come and go, and one of them may say that it should stay. Pure.

export interface Presence {
  windows: number
  keep: boolean
  /** When the last window left; nothing while one is there. */
  aloneSinceMs: number | undefined
}

export type PresenceEvent =
  | { kind: 'ready' }
  | { kind: 'came' }
  | { kind: 'left' }
  | { kind: 'said'; keep: boolean }

/** Before the cluster is there nobody can come: time counts from when it is ready, however long its start took. */
export const firstPresence = (keep: boolean, nowMs: number): Presence => ({
  windows: 0,
  keep,
  aloneSinceMs: nowMs,
})

export function nextPresence(presence: Presence, event: PresenceEvent, nowMs: number): Presence {
  switch (event.kind) {
    case 'ready':
      // The window that ordered the cluster has as long to come as one that reloads.
      return presence.windows === 0 ? { ...presence, aloneSinceMs: nowMs } : presence
    case 'came':
      return { ...presence, windows: presence.windows + 1, aloneSinceMs: undefined }
    case 'left': {
      const windows = Math.max(0, presence.windows - 1)
      return {
        ...presence,
        windows,
        aloneSinceMs: windows === 0 ? (presence.aloneSinceMs ?? nowMs) : undefined,
      }
    }
    case 'said':
      return { ...presence, keep: event.keep }
    default:
      return event satisfies never
  }
}

/** Milliseconds until the cluster has to end, 0 for now; nothing while it may stay. */
export function msToEnd(presence: Presence, graceMs: number, nowMs: number): number | undefined {
  if (presence.keep || presence.aloneSinceMs === undefined) return undefined
  return Math.max(0, presence.aloneSinceMs + graceMs - nowMs)
}
