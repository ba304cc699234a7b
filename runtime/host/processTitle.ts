// What this process is called in lists of processes.

/**
 * In a job of Slurm's the title has no spaces: with `proctrack/linuxproc` Slurm (22.05 at least) reads a process's name up
 * to the first space, does not find what should follow, and then never signals that process.
 * @example nameProcess('heddle scheduler')
 */
export function nameProcess(title: string, env: NodeJS.ProcessEnv = process.env): void {
  process.title = titleIn(title, env)
}

/** @example titleIn('heddle worker w1', { SLURM_JOB_ID: '7' }) // 'heddle-worker-w1' */
export const titleIn = (title: string, env: NodeJS.ProcessEnv): string =>
  env.SLURM_JOB_ID === undefined ? title : title.replaceAll(' ', '-')
