// How long to wait before a lost link is tried again. Pure.

const FIRST_MS = 250
const MAX_MS = 30_000

/**
 * Twice as long each time, up to half a minute, and never the same for two who lost the same host.
 * @param tries how many have failed since the link was lost
 * @param random in [0, 1)
 * @example backOffMs(0, 0.5) // 250
 */
export function backOffMs(tries: number, random: number): number {
  const whole = Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(tries, 20))
  return Math.round(whole * (0.75 + random / 2))
}
