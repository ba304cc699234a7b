// What a person writes for how much of a cluster they want, as the scheduler takes it. Pure.

import type { JobsQuestion } from '../../runtime/protocol/jobs.ts'

/**
 * Nothing for what cannot be read.
 * @example scaleOf('4') // { jobs: 4 }
 * @example scaleOf('32 cores') // { cores: 32 }
 * @example scaleOf('2 jobs of gpu') // { jobs: 2, pool: 'gpu' }
 */
export function scaleOf(text: string): JobsQuestion['scale'] | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(jobs?|workers?|cores?|[kMGT]i?B)?(?:\s+of\s+([a-z][a-z0-9_]*))?$/.exec(
    text.trim(),
  )
  if (!match) return undefined
  const [, amount, unit = 'jobs', name] = match
  const pool = name === undefined ? {} : { pool: name }
  if (unit.endsWith('B')) return { memory: `${amount}${unit}`, ...pool }
  if (amount.includes('.')) return undefined
  const measure = `${unit.replace(/s$/, '')}s` as 'jobs' | 'workers' | 'cores'
  return { [measure]: Number(amount), ...pool }
}

/** @example adaptOf('0-10') // { minimum: 0, maximum: 10 } */
export function adaptOf(text: string): JobsQuestion['adapt'] | undefined {
  const match = /^(\d+)\s*(?:-|to|,|\s)\s*(\d+)$/.exec(text.trim())
  if (!match || Number(match[2]) < Math.max(1, Number(match[1]))) return undefined
  return { minimum: Number(match[1]), maximum: Number(match[2]) }
}
