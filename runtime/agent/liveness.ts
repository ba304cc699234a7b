// Whether a link still lives: when to ask, and when silence means that it is frozen. Pure: time comes with each question.

/** Silence that makes an end ask. */
export const PING_MS = 5_000
/** Silence that means the link is dead: a frozen one is noticed within twenty seconds. */
export const DEAD_MS = 15_000
/** How often to look. */
export const LOOK_MS = 1_000
/** A look that comes so late means that this machine slept: then silence says nothing about the link. */
const SLEPT_MS = 5_000

export interface Liveness {
  heardMs: number
  askedMs: number
  lookedMs: number
}

export const newLiveness = (nowMs: number): Liveness => ({ heardMs: nowMs, askedMs: nowMs, lookedMs: nowMs })

export function heard(state: Liveness, nowMs: number): void {
  state.heardMs = nowMs
}

/**
 * What to do now. Changes `state`.
 * @example look({ heardMs: 0, askedMs: 0, lookedMs: 4_000 }, 5_000) // 'ask'
 */
export function look(state: Liveness, nowMs: number): 'nothing' | 'ask' | 'dead' {
  // After sleep the link is most likely gone: one question, and a short wait for its answer.
  if (nowMs - state.lookedMs > SLEPT_MS) state.heardMs = nowMs - (DEAD_MS - PING_MS)
  const slept = nowMs - state.lookedMs > SLEPT_MS
  state.lookedMs = nowMs
  if (nowMs - state.heardMs >= DEAD_MS) return 'dead'
  if (!slept && (nowMs - state.heardMs < PING_MS || nowMs - state.askedMs < PING_MS)) return 'nothing'
  state.askedMs = nowMs
  return 'ask'
}
