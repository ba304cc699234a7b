// A program whose runtime is a bundle says once a day that the bundle is in use: agents on other machines of a shared home see its time, and not its processes.

import { utimes } from 'node:fs'

const DAY_MS = 24 * 3600_000

/** @param runtime the folder of the runtime; one that is no bundle is left alone */
export function keepYoung(runtime: string): void {
  if (!/[\\/]bundles[\\/][0-9a-f]{24}$/.test(runtime)) return
  const touch = (): void => {
    const now = new Date()
    utimes(runtime, now, now, () => {}) // Where it cannot be, the bundle is as old as it is.
  }
  setInterval(touch, DAY_MS).unref()
}
