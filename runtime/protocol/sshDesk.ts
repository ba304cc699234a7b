// What an editor asks `heddle ssh desk`: one desk for one host that ssh reaches.

import type { ClusterAddress } from './cluster.ts'

/** What an editor asks for, by name: what goes in and what comes out. */
export interface SshDeskCalls {
  /** First: reaches the host, and tells which clusters of this user run there, the youngest last. */
  open: {
    params: { host: string; configFile?: string }
    answer: { clusters: { id: string; version: string }[] }
  }
  /** Starts a cluster of one worker there, which goes on when the desk ends. */
  up: { params: Record<string, never>; answer: SshReached }
  /** Opens the way to one; without an address when it has ended. It lasts as long as the desk. */
  join: { params: { id: string }; answer: Partial<SshReached> }
  /** Ends the one that was reached. */
  down: { params: Record<string, never>; answer: Record<string, never> }
}

export interface SshReached {
  address: ClusterAddress
}
