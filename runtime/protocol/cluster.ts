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
}

export interface ClusterInfo {
  id: string
  version: string
  dashboardUrl: string
  startedMs: number
  workers: WorkerInfo[]
}
