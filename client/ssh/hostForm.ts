// The questions of Set Up ssh Host…, what may be answered, and the settings that follow. Pure.

import type { SshHostSettings } from '../../runtime/protocol/sshDesk.ts'

export type Asked = 'moreHosts' | 'workers' | 'threadsPerWorker' | 'memoryLimit'

export interface HostQuestion {
  asks: Asked
  /** @param hosts how many the cluster has so far */
  title(hosts: number): string
  prompt: string
  /** What stands in the box at first. */
  value: string
  /** Why an answer cannot be; nothing when it can. */
  refusal(answer: string): string | undefined
}

const count =
  (max: number) =>
  (answer: string): string | undefined =>
    answer === '' || (/^[1-9]\d*$/.test(answer) && Number(answer) <= max)
      ? undefined
      : `A whole number from 1 to ${max}, or nothing.`

/** The hosts beside the first, as a person lists them. @example hostsOf({ moreHosts: 'a, me@b' }) // ['a', 'me@b'] */
export const hostsOf = ({ moreHosts = '' }: Partial<Record<Asked, string>>): string[] =>
  moreHosts.split(/[\s,;]+/).filter((host) => host !== '')

const each = (hosts: number): string => (hosts === 1 ? '' : ` on each of ${hosts} hosts`)

/** @param before what the settings say now */
export const questionsOf = (before: SshHostSettings): HostQuestion[] => [
  {
    asks: 'moreHosts',
    title: () => 'more hosts',
    prompt: 'Hosts with workers beside this one, as ssh knows them, with commas between; empty: none',
    value: (before.moreHosts ?? []).join(', '),
    refusal: (answer) =>
      hostsOf({ moreHosts: answer }).some((host) => host.startsWith('-'))
        ? 'No name of a host begins with "-".'
        : undefined,
  },
  {
    asks: 'workers',
    title: (hosts) => `worker processes${each(hosts)}`,
    prompt: 'One with many threads shares memory without copying; more isolate crashes. Empty: 1',
    value: text(before.workers),
    refusal: count(1024),
  },
  {
    asks: 'threadsPerWorker',
    title: () => 'threads of each worker',
    prompt: "As many tasks run at once. Empty: the machine's cores, shared out",
    value: text(before.threadsPerWorker),
    refusal: count(255),
  },
  {
    asks: 'memoryLimit',
    title: () => 'memory of each worker',
    prompt: "Such as 4GB, or a fraction of the machine's memory like 0.5. Empty: the machine's, shared out",
    value: before.memoryLimit ?? '',
    refusal: (answer) =>
      answer === '' || /^(\d+(\.\d+)?\s*[kMGT]i?B|0?\.\d+|1)$/.test(answer)
        ? undefined
        : 'An amount like 4GB or 512MiB, or a fraction like 0.5.',
  },
]

const text = (value: number | undefined): string => (value === undefined ? '' : String(value))

/** What stands in the settings after the answers: what was not asked stays, what is empty goes. */
export function settingsOf(before: SshHostSettings, said: Partial<Record<Asked, string>>): SshHostSettings {
  const { moreHosts: _, workers: __, threadsPerWorker: ___, memoryLimit: ____, ...others } = before
  const more = hostsOf(said)
  return {
    ...others,
    ...(more.length > 0 && { moreHosts: more }),
    ...(said.workers && { workers: Number(said.workers) }),
    ...(said.threadsPerWorker && { threadsPerWorker: Number(said.threadsPerWorker) }),
    ...(said.memoryLimit && { memoryLimit: said.memoryLimit }),
  }
}
