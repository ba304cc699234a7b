// How much of the machine this process uses.

import { readFileSync } from 'node:fs'

/** Resident memory of another process as Linux counts it, or nothing where that cannot be read. */
export function residentBytes(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return match ? 1024 * Number(match[1]) : undefined
  } catch {
    return undefined
  }
}

/** CPU time between looks, of all threads together: 100 is one core. */
export class CpuWatch {
  #usage = process.cpuUsage()
  #at = performance.now()

  percent(): number {
    const now = performance.now()
    const { user, system } = process.cpuUsage(this.#usage)
    const elapsedMs = now - this.#at
    this.#usage = process.cpuUsage()
    this.#at = now
    return elapsedMs > 0 ? (user + system) / 10 / elapsedMs : 0
  }
}
