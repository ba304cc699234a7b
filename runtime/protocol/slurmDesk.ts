// What an editor and `heddle slurm desk` say to each other, a line of JSON each: one desk for one profile's login node.

import type { ClusterAddress } from './cluster.ts'

/** What an editor asks for, by name: what goes in and what comes out. */
export interface SlurmDeskCalls {
  /** First: reaches the login node. A draft may still lack what jobs need. */
  open: {
    params: { name: string; profile: unknown; draft?: boolean }
    answer: { host: string; isHere: boolean }
  }
  /** A new cluster as it would be: the scripts that Slurm would get, and when it would start them. */
  plan: { params: { jobs: number }; answer: SlurmPlan }
  /** Starts what was planned. */
  up: { params: Record<string, never>; answer: SlurmReached }
  /** Clusters of the profile that have a folder there, the youngest last. */
  clusters: { params: Record<string, never>; answer: { id: string; sinceMs: number }[] }
  /** Opens the way to one. It lasts as long as the desk. */
  join: { params: { id: string }; answer: SlurmReached }
  down: { params: { id: string; keepLogs?: boolean }; answer: { ended: string } }
  /** What a profile can choose from there. */
  choices: { params: Record<string, never>; answer: SlurmChoices }
}

export interface SlurmPlan {
  id: string
  scripts: { name: string; script: string }[]
  /** Epoch milliseconds at which Slurm would start the first of them; absent where it does not say. */
  startMs?: number
  /** Why Slurm would refuse. */
  refused?: string
}

export interface SlurmReached {
  address: ClusterAddress
}

export interface SlurmChoices {
  partitions: {
    name: string
    isDefault: boolean
    isUp: boolean
    /** For people. */
    text: string
    cores: number
    memoryBytes: number
    /** The longest that a job may run, in words; absent without a limit. */
    walltime?: string
    gres: string
    features: string[]
  }[]
  /** Empty where no accounting answers. */
  accounts: string[]
  qos: string[]
}

export type SlurmDeskName = keyof SlurmDeskCalls

/** A line to the desk. `stop` gives up an `up` that goes on. */
export type ToSlurmDesk =
  | { kind: 'ask'; id: number; what: SlurmDeskName; params: unknown }
  | { kind: 'stop' }
  /** What the person said to a question of ssh's; nothing when they would not. */
  | { kind: 'reply'; question: number; text?: string }

/** A line from the desk. */
export type FromSlurmDesk =
  | { kind: 'answer'; id: number; value: unknown }
  | { kind: 'failed'; id: number; text: string }
  | { kind: 'notice'; text: string }
  /** ssh asks: a passphrase, a one-time code, whether a host is the right one. */
  | { kind: 'question'; question: number; prompt: string; secret: boolean; confirm: boolean }
