// What a cluster tells of itself, and how a worker describes itself when it joins.

/** How to reach a scheduler: kept in a file of mode 0600, handed to sessions in the environment. */
export interface ClusterAddress {
  id: string
  /** `unix:/path/control.sock`, `ws://127.0.0.1:8786` or `wss://host:8786`. */
  control: string
  token: string
  /** Where a browser finds the dashboard, its one-time sign-in included. */
  dashboardUrl: string
  /** The scheduler's process. */
  pid: number
  protocol: number
  version: string
  /** Of a cluster elsewhere: a socket of this machine that leads to those of the other side. Who connects says the address in a line. */
  gateway?: string
  /** How other machines of the cluster reach the scheduler, where it listens to them. */
  network?: ClusterNetwork
}

/** All of it is TLS with one certificate, which members know: no other is taken. */
export interface ClusterNetwork {
  addresses: string[]
  port: number
  /** PEM. */
  certificate: string
  /** PEM; workers have it, since they serve each other. Absent for who only connects. */
  key?: string
}

export interface WorkerInfo {
  worker: number
  name: string
  host: string
  pid: number
  threads: number
  memoryLimitBytes: number
  /** `unix:/path/data.sock` or `tcp://127.0.0.1:41234`. */
  dataAddress: string
  resources: Record<string, number>
  /** How the process of this name before it ended, where this one was started for it: `it was ended by SIGKILL`. */
  startedAgain?: string
}

/** What others are told of a worker that says hello. */
export function workerInfo(worker: number, hello: Omit<WorkerInfo, 'worker'>): WorkerInfo {
  const { name, host, pid, threads, memoryLimitBytes, dataAddress, resources, startedAgain } = hello
  const info = { worker, name, host, pid, threads, memoryLimitBytes, dataAddress, resources }
  return startedAgain === undefined ? info : { ...info, startedAgain }
}

/** All that is known of a process's end at first: its supervisor says the rest with the one that follows. */
export const CONNECTION_BROKE = 'its connection broke'

/**
 * Why a worker left, with what is known since another was started in its place.
 * @example reasonSince('worker w0 (process 7) is gone: its connection broke', 'it was ended by SIGKILL') // 'worker w0 (process 7) is gone: it was ended by SIGKILL'
 */
export const reasonSince = (reason: string, startedAgain: string): string =>
  reason.replace(CONNECTION_BROKE, startedAgain)

/**
 * How a process ended whose supervisor saw it use more memory than it may.
 * @example outgrown(330e6, 300e6) // 'it used 110 % of its memory limit of 300 MB and was ended'
 */
export const outgrown = (usedBytes: number, limitBytes: number): string =>
  `it used ${Math.round((100 * usedBytes) / limitBytes)} % ${OF_MEMORY_LIMIT} ${Math.round(limitBytes / 1e6)} MB and was ended`
const OF_MEMORY_LIMIT = 'of its memory limit of'

/** Whether a worker was ended for the memory that it used. */
export const outgrewLimit = (reason: string): boolean => reason.includes(OF_MEMORY_LIMIT)

/** Why a worker left where a person had all of them started anew. */
export const RESTARTED_BY_USER = 'restarted by the user'

/** Why a worker left where fewer were asked for. @example notWanted(1) // 'no longer wanted: 1 worker was asked for' */
export const notWanted = (count: number): string =>
  `${NOT_WANTED}: ${count} ${count === 1 ? 'worker was' : 'workers were'} asked for`
const NOT_WANTED = 'no longer wanted'

/** Whether a worker left because somebody wanted it: nothing has failed. */
export const leftOnDemand = (reason: string): boolean =>
  reason === RESTARTED_BY_USER || reason.startsWith(NOT_WANTED)

export interface ClusterInfo {
  id: string
  version: string
  dashboardUrl: string
  startedMs: number
  workers: WorkerInfo[]
}
