// What an editor asks `heddle ssh desk`: one desk for one host that ssh reaches.

import type { ClusterAddress } from './cluster.ts'
import type { FilesOfRun, Mirrored } from './deskLines.ts'

/** What an editor asks for, by name: what goes in and what comes out. */
export interface SshDeskCalls {
  /** First: reaches the host, and tells which clusters of this user run there, the youngest last. */
  open: {
    params: { host: string; configFile?: string; settings?: unknown }
    answer: { clusters: { id: string; version: string }[] }
  }
  /** Starts a cluster there, as the host's settings say, which goes on when the desk ends. */
  up: { params: Record<string, never>; answer: SshReached }
  /** Opens the way to one; without an address when it has ended. It lasts as long as the desk. */
  join: { params: { id: string }; answer: Partial<SshReached> }
  /** Brings the files of a run there, where it has not its modules at their own paths. */
  mirror: { params: FilesOfRun; answer: Mirrored }
  /** Ends the one that was reached. */
  down: { params: Record<string, never>; answer: Record<string, never> }
}

/** How clusters are started on a host, as an editor's settings say. */
export interface SshHostSettings {
  /** More hosts with workers, as ssh knows them. */
  moreHosts?: string[]
  /** Worker processes on each host; 1 by default. */
  workers?: number
  /** Threads of each worker; by default the machine's cores, shared out. */
  threadsPerWorker?: number
  /** Of each worker: `'4GB'`, or a fraction of its machine's memory like `'0.5'`. */
  memoryLimit?: string
  /** Where files of heddle go on the hosts. */
  folder?: string
  /** A Node on the hosts. */
  nodePath?: string
  /** A folder that `heddle bundle` made: what the hosts lack is taken from there and nothing is fetched. */
  bundle?: string
  /** Variables for the cluster's processes. */
  env?: Record<string, string>
}

export interface SshReached {
  address: ClusterAddress
}
