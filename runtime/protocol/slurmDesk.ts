// What an editor asks `heddle slurm desk`: one desk for one profile's login node.

import type { ClusterAddress } from './cluster.ts'
import type { FilesOfRun, Mirrored } from './deskLines.ts'

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
  /** Brings the files of a run to the login node, where it has not its modules at their own paths. */
  mirror: { params: FilesOfRun; answer: Mirrored }
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
