// What the cluster's log says of workers that come and go, and why those left that were asked to.

import { leftOnDemand, type WorkerInfo } from '../protocol/cluster.ts'
import type { LogLine } from './logs.ts'

type Line = Pick<LogLine, 'level' | 'text'>

export class Memberships {
  readonly #note: (level: string, text: string) => void
  /** Why workers were asked to leave, by name. */
  readonly #asked = new Map<string, string>()

  constructor(note: (level: string, text: string) => void) {
    this.#note = note
  }

  /** Workers are being asked to leave: what they say of it themselves is the signal that asked them. */
  ask(names: readonly string[], reason: string): void {
    for (const name of names) this.#asked.set(name, reason)
  }

  joined(info: WorkerInfo): void {
    this.#note('info', joinedLine(info))
  }

  /** Why one left, of which it was said or seen otherwise that it did. */
  reasonOf(name: string, seen: string): string {
    return this.#asked.get(name) ?? seen
  }

  /** A line that a worker writes of itself. */
  said({ name }: WorkerInfo, level: string, text: string): void {
    this.#note(level, text.startsWith(`worker ${name} `) ? text : `worker ${name}: ${text}`)
  }

  left(info: WorkerInfo, reason: string): void {
    this.#asked.delete(info.name)
    const { level, text } = leftLine(info, reason)
    this.#note(level, text)
  }
}

/** @example joinedLine(info) // 'worker w0 joined: process 7 on loom, 2 threads, 4096 MB' */
export const joinedLine = ({ name, pid, host, threads, memoryLimitBytes }: WorkerInfo): string =>
  `worker ${name} joined: process ${pid} on ${host}, ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${Math.round(memoryLimitBytes / 1e6)} MB`

/** @example leftLine(info, 'restarted by the user').text // 'worker w0 (process 7) left: restarted by the user' */
export function leftLine({ name, pid }: WorkerInfo, reason: string): Line {
  const text = reason.startsWith(`worker ${name} `)
    ? reason
    : `worker ${name} (process ${pid}) left: ${reason}`
  return { level: leftOnDemand(reason) ? 'info' : 'warning', text }
}
