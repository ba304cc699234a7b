// A Slurm profile: what a person says once of a cluster and of the jobs that workers run in there.

import type { SchedulerSettings } from '../cluster/schedulerSettings.ts'

/** What one kind of job asks Slurm for, and what runs in it. */
export interface JobRequest {
  /** Slurm's partition (queue); the cluster's default when absent. */
  partition?: string
  account?: string
  qos?: string
  reservation?: string
  /** Features that nodes must have, as `--constraint` takes them: `'cascadelake&ib'`. */
  constraint?: string
  /** CPUs of each node of a job: shared out among its workers. */
  cores: number
  /** Memory of each node of a job: `'16GB'`, `'64GiB'` or bytes. Workers share it. */
  memory: string | number
  /** Worker processes on each node; 1 by default, since threads of one process share memory. */
  processes?: number
  /** Nodes of each job; 1 by default. */
  nodes?: number
  /** How long a job may run, as Slurm writes it: `'01:00:00'`, `'2-12:00'`, `'90'` (minutes). The partition's default when absent. */
  walltime?: string
  /** GPUs of each node: a number, or a kind and a number as in `'a100:2'`. Workers have them as `resources.gpu`. */
  gpus?: number | string
  /** Other generic resources of each node, as `--gres` takes them: `'shard:1'`. */
  gres?: string
  /** More options for sbatch, one an entry: `'--mail-type=FAIL'`. */
  directives?: readonly string[]
  /** Options that heddle would give and this site does not take: `['--mem']`. */
  skippedDirectives?: readonly string[]
  /** Modules to load, in this order. */
  modules?: readonly string[]
  /** Lines of shell before the worker starts. */
  prologue?: readonly string[]
  /** Lines of shell after it has ended. */
  epilogue?: readonly string[]
  env?: Readonly<Record<string, string>>
  /** A folder on the node's own disk for values that memory cannot hold; variables are the job's: `'$TMPDIR'`. */
  scratch?: string
  /** The Node of the machines that these jobs run on; the one for machines of their kind that is found there by default. */
  nodePath?: string
  /** More options for `heddle worker`. */
  workerOptions?: readonly string[]
  /** What a worker has for tasks that ask, beside `gpu`. */
  resources?: Readonly<Record<string, number>>
}

/** Where the scheduler runs: on the login node, or in a job of its own. */
export interface SchedulerPlace {
  kind: 'login' | 'job'
  /** Of the scheduler's job, where they differ from the workers'. */
  partition?: string
  cores?: number
  memory?: string | number
  walltime?: string
  /** The Node of that job's machine. */
  nodePath?: string
}

/** Everything that a person may say of a Slurm cluster. */
export interface SlurmProfile extends JobRequest {
  /** The login node as ssh knows it; this machine when absent. */
  host?: string
  /** Instead of the user's own ssh configuration. */
  configFile?: string
  /** `'job'` by default: login nodes often end long processes. */
  scheduler?: 'login' | 'job' | SchedulerPlace
  /** How the scheduler decides. */
  schedulerSettings?: SchedulerSettings
  /** Other kinds of jobs, by name: each is the profile's own request with these changes. */
  pools?: Readonly<Record<string, Partial<JobRequest>>>
  /** The start of job names; `heddle` by default. */
  jobName?: string
  /** A folder that login and compute nodes share; `~/.cache/heddle` by default. */
  folder?: string
  /** Where jobs write what they print; a folder of the cluster's own by default, which goes with it. */
  logFolder?: string
  /** The scheduler's network interface that workers dial: `'ib0'`. Every one that works by default. */
  interface?: string
  /** A worker that has no scheduler for so long ends: 60 s by default. */
  deathTimeoutSeconds?: number
  /** So long before the end of its job a worker takes no more tasks and hands over what it holds: a tenth of the walltime, between 30 s and 5 min, by default. */
  handoverSeconds?: number
  /** Several jobs are asked for as one array; true by default. */
  arrays?: boolean
  /** Ends submitting after so many jobs in a row that came to nothing; 3 by default. */
  failuresMax?: number
}
