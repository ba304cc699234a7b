// What a worker learns from its job: its name, and which devices are its own. Pure.

import { workerName } from './jobBooks.ts'

export interface JobWorker {
  name: string
  /** Devices of this worker, as CUDA numbers them; nothing where the job has none. */
  gpus?: string[]
}

/** Not inside a job of Slurm's. */
export class NoJobError extends Error {
  override name = 'NoJobError'
}

/**
 * Reads the variables that Slurm sets in a job. Workers of one node share out its GPUs in the order of their numbers.
 * @throws {NoJobError}
 * @example jobWorker({ SLURM_JOB_ID: '7', CUDA_VISIBLE_DEVICES: '0,1' }) // { name: 'job7-0', gpus: ['0', '1'] }
 */
export function jobWorker(env: NodeJS.ProcessEnv): JobWorker {
  const { SLURM_JOB_ID, SLURM_ARRAY_JOB_ID, SLURM_ARRAY_TASK_ID } = env
  if (SLURM_JOB_ID === undefined)
    throw new NoJobError('--slurm is for workers inside a job of Slurm, and SLURM_JOB_ID is not set here')
  const job =
    SLURM_ARRAY_JOB_ID !== undefined && SLURM_ARRAY_TASK_ID !== undefined
      ? `${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}`
      : SLURM_JOB_ID
  // The batch script itself is process 0 of its own.
  const name = workerName(job, Number(env.SLURM_PROCID ?? 0))
  const devices = devicesOf(env)
  if (devices.length === 0) return { name }
  const here = tasksHere(env)
  const own = Number(env.SLURM_LOCALID ?? 0)
  return { name, gpus: devices.filter((_device, i) => Math.floor((i * here) / devices.length) === own) }
}

/** AMD's and Intel's runtimes have variables of their own, which Slurm sets alike. */
function devicesOf({
  CUDA_VISIBLE_DEVICES,
  ROCR_VISIBLE_DEVICES,
  ZE_AFFINITY_MASK,
}: NodeJS.ProcessEnv): string[] {
  const given = CUDA_VISIBLE_DEVICES ?? ROCR_VISIBLE_DEVICES ?? ZE_AFFINITY_MASK ?? ''
  return given.split(',').filter((device) => device !== '' && device !== 'NoDevFiles')
}

/** How many workers share this node: `SLURM_TASKS_PER_NODE` is folded as in `2(x3),1`. In the batch script there is one. */
function tasksHere({ SLURM_STEP_TASKS_PER_NODE, SLURM_NODEID }: NodeJS.ProcessEnv): number {
  if (SLURM_STEP_TASKS_PER_NODE === undefined) return 1
  const counts = SLURM_STEP_TASKS_PER_NODE.split(',').flatMap((part) => {
    const [, count, times = '1'] = /^(\d+)(?:\(x(\d+)\))?$/.exec(part) ?? []
    return Array.from({ length: Number(times) }, () => Number(count))
  })
  return counts[Number(SLURM_NODEID ?? 0)] || 1
}

/** The variables that show a worker its own devices alone. */
export const deviceVariables = (gpus: readonly string[]): Record<string, string> => {
  const list = gpus.join(',')
  return { CUDA_VISIBLE_DEVICES: list, ROCR_VISIBLE_DEVICES: list, ZE_AFFINITY_MASK: list }
}
