// Jobs of a batch system that a cluster's workers run in, as the scheduler tells of them; and what may be asked of them.

export interface JobReport {
  id: string
  pool: string
  state: 'submitted' | 'pending' | 'running' | 'suspended' | 'ending' | 'ended'
  /** For people: Slurm's reason, the time left, how it ended. */
  text: string
  /** Of a job that waits: Slurm's word. */
  reason?: string
  nodes?: string
  /** Epoch milliseconds: when it may start. */
  startMs?: number
  /** When its time is over. */
  endMs?: number
  /** What it asked for, for people: `4 cores · 8 GB`. */
  resources: string
  /** Names of its workers that are here. */
  workers: string[]
  logFile: string
}

/** The job that the scheduler itself runs in. */
export interface SchedulerJob {
  id: string
  nodes: string
  /** When its time is over, and the cluster with it; absent without a limit. */
  endMs?: number
}

export interface JobsReport {
  jobs: JobReport[]
  /** How many jobs each pool should have. */
  wanted: Record<string, number>
  adapting: boolean
  /** Why no more jobs are submitted. */
  stopped?: string
  /** The batch system does not answer, in words for people: what is said of jobs is what it said last. */
  unanswered?: string
  /** Absent where the scheduler is no job. */
  scheduler?: SchedulerJob
}

/** What changed since the last report: jobs as they are now, and the ids of those that are forgotten. */
export interface JobsNews extends JobsReport {
  gone: string[]
}

/** What can be asked of a cluster's jobs, beside how they are. */
export interface JobsQuestion {
  scale?: {
    jobs?: number
    workers?: number
    cores?: number
    memory?: string | number
    pool?: string
  }
  adapt?: {
    minimum?: number
    maximum: number
    targetDurationMs?: number
    waitCount?: number
    intervalMs?: number
  }
  /** The id of a job that is to end, and is not to be replaced. */
  cancel?: string
  /** The id of a job whose last lines are wanted: they are the answer. */
  log?: string
}

/** The newest state of each job, from news. */
export function applyJobsNews(before: JobsReport | undefined, news: JobsNews): JobsReport {
  const { jobs, gone, ...rest } = news
  const known = new Map((before?.jobs ?? []).map((job) => [job.id, job]))
  for (const id of gone) known.delete(id)
  for (const job of jobs) known.set(job.id, job)
  return { ...rest, jobs: [...known.values()] }
}
