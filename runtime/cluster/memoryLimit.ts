// Memory limits as people write them: `4GB`, `512MiB`, `0.5` of this machine's memory, or bytes.

import { totalmem } from 'node:os'

const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
}

/** Less than a worker process takes before it has done anything. */
const LEAST_BYTES = 100e6

/** What was given as a memory limit is none, or too little to run anything. */
export class MemoryLimitError extends Error {
  override name = 'MemoryLimitError'
  readonly given: string
  constructor(given: string, why: string) {
    super(`${JSON.stringify(given)} is no memory limit: ${why}`)
    this.given = given
  }
}

/** The memory that this process may use: the machine's, or less in a container. */
export function memoryHere(): number {
  const constrained = process.constrainedMemory()
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
}

/**
 * Reads the memory limit of one worker.
 * @param given a number with a unit (`4GB`, `512MiB`), a fraction of `hereBytes` (over 0, at most 1), or bytes
 * @returns bytes
 * @throws {MemoryLimitError}
 * @example memoryLimitBytes('4GB', 16e9) // 4_000_000_000
 * @example memoryLimitBytes(0.5, 16e9) // 8_000_000_000
 */
export function memoryLimitBytes(
  given: string | number,
  hereBytes: number = memoryHere(),
  leastBytes: number = LEAST_BYTES,
): number {
  const text = String(given).trim()
  const match = /^(\d+(?:\.\d+)?|\.\d+)\s*([a-z]*)$/i.exec(text)
  const unit = match?.[2] ? UNITS[match[2].toLowerCase()] : 1
  if (!match || unit === undefined)
    throw new MemoryLimitError(
      text,
      'write an amount like 4GB or 512MiB, or a fraction of all memory like 0.5',
    )
  const amount = Number(match[1])
  const isFraction = !match[2] && amount > 0 && amount <= 1
  const bytes = isFraction ? Math.floor(amount * hereBytes) : Math.floor(amount * unit)
  if (Number.isNaN(bytes)) throw new MemoryLimitError(text, 'write an amount like 4GB or 512MiB')
  if (bytes < leastBytes) throw new MemoryLimitError(text, `a worker needs at least ${LEAST_BYTES / 1e6}MB`)
  return bytes
}
