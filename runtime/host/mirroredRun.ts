// A run whose files are a mirror of another machine's: it is run from the mirror, and what it tells names the paths over there. Pure.

import { join } from 'node:path'
import type { RunEvent, RunSpec } from '../protocol/runs.ts'

/** As it is run here: from below the mirror's folder. */
export function placedSpec(spec: RunSpec): RunSpec {
  const { mirror, file, cwd } = spec
  if (mirror === undefined) return spec
  return { ...spec, file: join(mirror, file), ...(cwd !== undefined && { cwd: join(mirror, cwd) }) }
}

/**
 * An event as the other machine understands it: every path below the mirror is the one over there, in texts too.
 * @example overThere({ kind: 'notice', text: 'at /m/home/a.ts:1' }, '/m') // { kind: 'notice', text: 'at /home/a.ts:1' }
 */
export function overThere(event: RunEvent, mirror: string | undefined): RunEvent {
  return mirror === undefined ? event : (unmirrored(event, mirror) as RunEvent)
}

function unmirrored(value: unknown, mirror: string): unknown {
  if (typeof value === 'string') return value.replaceAll(`${mirror}/`, '/')
  if (Array.isArray(value)) return value.map((each) => unmirrored(each, mirror))
  // Bytes and what else is no plain object has no paths of ours.
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype)
    return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, unmirrored(each, mirror)]))
}
