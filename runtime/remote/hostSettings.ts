// Checks what an editor's settings say of a host, before the host is reached: what is wrong is named as it was written. Pure.

import { memoryLimitBytes } from '../cluster/memoryLimit.ts'
import type { SshHostSettings } from '../protocol/sshDesk.ts'

/** Settings of a host that cannot be: says which part of them, and what it could be. */
export class HostSettingsError extends Error {
  override name = 'HostSettingsError'
  /** The part, as it is written: `heddle.ssh.hosts.big.workers`. */
  readonly field: string
  constructor(field: string, text: string) {
    super(`${field} ${text}`)
    this.field = field
  }
}

/** What a value must be, and whether it is. */
type Rule = [must: string, holds: (value: unknown) => boolean]

/** Threads of a worker are numbered in one byte. */
const THREADS_MAX = 255
const WORKERS_MAX = 1024

const isLine = (value: unknown): boolean =>
  typeof value === 'string' && value.trim() !== '' && !/[\n\r\0]/.test(value)

const isCount = (value: unknown, max: number): boolean =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= max

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A name that ssh could take for an option is none. */
const isHost = (value: unknown): boolean => isLine(value) && !/^-|\s/.test(value as string)

const RULES: Readonly<Record<keyof SshHostSettings, Rule>> = {
  moreHosts: [
    'a list of hosts as ssh knows them, like ["me@other.example.org"]',
    (value) => Array.isArray(value) && value.every(isHost),
  ],
  workers: [`a whole number from 1 to ${WORKERS_MAX}`, (value) => isCount(value, WORKERS_MAX)],
  threadsPerWorker: [`a whole number from 1 to ${THREADS_MAX}`, (value) => isCount(value, THREADS_MAX)],
  memoryLimit: ['an amount like "4GB", or a fraction of the host\'s memory like "0.5"', isMemory],
  folder: ['the path of a folder on the host', isLine],
  nodePath: ['the path of a Node on the host', isLine],
  bundle: ['the path of a folder that `heddle bundle` made', isLine],
  env: [
    'an object of texts like { "OMP_NUM_THREADS": "1" }',
    (value) =>
      isObject(value) &&
      Object.entries(value).every(([name, text]) => /^[A-Za-z_]\w*$/.test(name) && typeof text === 'string'),
  ],
}

function isMemory(value: unknown): boolean {
  if (typeof value !== 'string') return false
  try {
    // A fraction is one of a machine that is not known here: any has enough.
    memoryLimitBytes(value, Number.MAX_SAFE_INTEGER)
    return true
  } catch {
    return false
  }
}

/**
 * Returns the settings as they were given when nothing is wrong with them.
 * @param name where they stand, for messages
 * @throws {HostSettingsError}
 * @example checkHostSettings({ workers: 2, memoryLimit: '8GB' }, 'heddle.ssh.hosts.big')
 */
export function checkHostSettings(given: unknown, name: string): SshHostSettings {
  if (!isObject(given)) throw new HostSettingsError(name, 'must be an object like { "workers": 2 }')
  for (const [field, value] of Object.entries(given)) {
    const place = `${name}.${field}`
    if (!Object.hasOwn(RULES, field))
      throw new HostSettingsError(place, `is no setting of a host: ${Object.keys(RULES).join(', ')}`)
    const [must, holds] = RULES[field as keyof SshHostSettings]
    if (!holds(value)) throw new HostSettingsError(place, `must be ${must}, not ${JSON.stringify(value)}`)
  }
  return given
}
