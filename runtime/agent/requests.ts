// What a client may ask of an agent, as data: the header of a channel says which, the channel carries the rest. Pure.

import type { ClusterAddress } from '../protocol/cluster.ts'
import type { BundleManifest, MissingFile } from './bundle.ts'

/** A channel's header. */
export type ServiceRequest =
  /** The channel becomes a connection to a socket over there. */
  | { service: 'connect'; address: string }
  /** The channel carries files (gzip): a line of JSON before each. The answer is JSON. */
  | { service: 'put'; root: string }
  /** The channel gives a file from an offset on, and with `follow` what is added to it. */
  | { service: 'get'; path: string; offset?: number; follow?: boolean }
  /** The channel gives the answer as JSON. */
  | { service: 'call'; method: CallName; params: unknown }

/** Each call's parameters and answer. */
export interface Calls {
  describe: { params: Record<string, never>; answer: AgentDescription }
  missing: { params: { root: string; manifest: BundleManifest }; answer: MissingFile[] }
  /** Whether all of these are there, with this content. */
  hasFiles: { params: { files: { path: string; sha256: string }[] }; answer: { has: boolean } }
  commit: { params: { root: string; manifest: BundleManifest }; answer: { folder: string } }
  startScheduler: { params: SchedulerStart; answer: ClusterAddress }
  startWorker: { params: WorkerStart; answer: { pid: number } }
  clusters: { params: Record<string, never>; answer: ClusterAddress[] }
  stopCluster: { params: { id: string }; answer: { stopped: boolean } }
  execute: { params: Execution; answer: Executed }
}

export type CallName = keyof Calls

export interface AgentDescription {
  version: string
  build: string
  pid: number
  host: string
  user: string
  home: string
  cores: number
  memoryBytes: number
  node: string
  /** Its program. */
  nodePath: string
}

/** A runtime's folder is a bundle's: `dist` and `node_modules` stand in it. */
export interface SchedulerStart {
  runtime: string
  /** The scheduler's own options. */
  args: string[]
  env?: Record<string, string>
  /** Ends with the session that asked for it. */
  owned: boolean
  /** Where it writes what it prints. */
  logFolder: string
}

export interface WorkerStart {
  runtime: string
  /** The cluster that it joins. */
  address: ClusterAddress
  /** Options of `heddle worker`. */
  args: string[]
  env?: Record<string, string>
  logFolder: string
}

export interface Execution {
  command: string
  args: string[]
  input?: string
  env?: Record<string, string>
  timeoutMs?: number
}

export interface Executed {
  exitCode: number | null
  signal: string | null
  stdout: string
  stderr: string
}

/** An answer as it travels. */
export type Answer<T> = { ok: T } | { failed: { name: string; message: string } }
