// The stretch of time that the task stream shows: following the newest runs, or held still by the user.

export interface TimeWindow {
  /** Following: the window's end is the newest moment. Held: it is `endMs`. */
  kind: 'following' | 'held'
  endMs: number
  spanMs: number
}

export const SPAN_MS_MIN = 0.5
export const SPAN_MS_MAX = 24 * 3_600_000

export const following = (spanMs: number): TimeWindow => ({ kind: 'following', endMs: 0, spanMs })

/** Where the window stands when the newest moment is `nowMs`. */
export function rangeOf(window: TimeWindow, nowMs: number): { fromMs: number; toMs: number } {
  const toMs = window.kind === 'following' ? nowMs : window.endMs
  return { fromMs: toMs - window.spanMs, toMs }
}

/**
 * Zooms around one moment, which keeps its place on the screen.
 * @param factor below 1 shows less time
 * @param share where that moment stands in the window, 0 (left) to 1
 */
export function zoomed(window: TimeWindow, nowMs: number, factor: number, share: number): TimeWindow {
  const { fromMs, toMs } = rangeOf(window, nowMs)
  const spanMs = Math.min(SPAN_MS_MAX, Math.max(SPAN_MS_MIN, window.spanMs * factor))
  // Following goes on while the newest moment is what stays in place.
  if (window.kind === 'following' && share > 0.98) return { ...window, spanMs }
  const aroundMs = fromMs + share * (toMs - fromMs)
  return { kind: 'held', endMs: aroundMs + (1 - share) * spanMs, spanMs }
}

/** Moves the window by a share of its span; reaching the newest moment, it follows again. */
export function panned(window: TimeWindow, nowMs: number, share: number): TimeWindow {
  const endMs = rangeOf(window, nowMs).toMs + share * window.spanMs
  return endMs >= nowMs ? following(window.spanMs) : { kind: 'held', endMs, spanMs: window.spanMs }
}

/** A window on everything that is kept. */
export function fitted(oldestMs: number, nowMs: number): TimeWindow {
  if (!(oldestMs < nowMs)) return following(10_000)
  return { kind: 'held', endMs: nowMs, spanMs: Math.max(SPAN_MS_MIN, (nowMs - oldestMs) * 1.02) }
}

export interface Tick {
  /** Milliseconds since the origin. */
  ms: number
  x: number
  label: string
}

/**
 * Round moments for the axis, at least 90 pixels apart; none before the origin.
 * @example ticksOf(0, 10_000, 0, 500).map((tick) => tick.label) // ['0 s', '2 s', '4 s', '6 s', '8 s', '10 s']
 */
export function ticksOf(fromMs: number, toMs: number, originMs: number, width: number): Tick[] {
  const span = toMs - fromMs
  const step = roundUp((span * 90) / Math.max(1, width))
  const ticks: Tick[] = []
  const first = Math.max(0, Math.ceil((fromMs - originMs) / step - 1e-9))
  for (let i = first; i * step + originMs <= toMs + step * 1e-6; i++) {
    const ms = i * step
    ticks.push({ ms, x: ((ms + originMs - fromMs) / span) * width, label: tickLabel(ms, step) })
  }
  return ticks
}

function roundUp(ms: number): number {
  const steps = [1, 2, 5]
  if (ms <= 30_000) {
    const power = 10 ** Math.floor(Math.log10(ms))
    for (const each of [...steps, 10]) if (each * power >= ms * 0.999) return each * power
  }
  for (const seconds of [60, 120, 300, 600, 1800, 3600, 7200, 14_400, 28_800])
    if (seconds * 1000 >= ms) return seconds * 1000
  return 86_400_000
}

function tickLabel(ms: number, step: number): string {
  if (step < 1) return `${ms.toFixed(Math.min(3, Math.ceil(-Math.log10(step))))} ms`
  if (step < 1000 && Math.abs(ms) < 10_000) return `${Math.round(ms)} ms`
  if (step < 60_000) return `${(ms / 1000).toFixed(step < 10 ? 3 : step < 100 ? 2 : step < 1000 ? 1 : 0)} s`
  const minutes = Math.round(ms / 60_000)
  return minutes < 60 || step < 60_000
    ? `${minutes} min`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
