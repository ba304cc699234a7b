// What a cluster tells of its jobs, to whoever asks.

export interface JobReport {
  id: string
  pool: string
  state: 'submitted' | 'pending' | 'running' | 'suspended' | 'ending' | 'ended'
  /** For people: Slurm's reason, the time left, how it ended. */
  text: string
  nodes?: string
  /** Epoch milliseconds: when it may start. */
  startMs?: number
  /** When its time is over. */
  endMs?: number
  /** Names of its workers that are here. */
  workers: string[]
  logFile: string
}

export interface JobsReport {
  jobs: JobReport[]
  /** How many jobs each pool should have. */
  wanted: Record<string, number>
  adapting: boolean
  /** Why no more jobs are submitted. */
  stopped?: string
}
