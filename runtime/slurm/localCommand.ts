// Runs Slurm's commands on this machine.

import { execFile } from 'node:child_process'
import type { RunCommand } from './slurmCommands.ts'

const OUTPUT_BYTES_MAX = 16 << 20

/**
 * Inside a job, what Slurm has set for it would be read as wishes for the jobs that are submitted from there: only where Slurm
 * is stays.
 */
function environmentForCommands(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(SLURM|SBATCH|SRUN|PMI|CUDA_VISIBLE|ROCR_VISIBLE)/.test(name) || name === 'SLURM_CONF',
    ),
  )
}

export const runHere: RunCommand = ({ command, args, input, env, timeoutMs = 60_000 }) =>
  new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      {
        encoding: 'utf8',
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: OUTPUT_BYTES_MAX,
        env: { ...environmentForCommands(), ...env },
      },
      (error, stdout, stderr) => {
        if (error && typeof error.code === 'string') reject(error)
        else resolve({ exitCode: child.exitCode, signal: child.signalCode, stdout, stderr })
      },
    )
    child.stdin?.on('error', () => {}) // It did not care to read.
    child.stdin?.end(input)
  })
