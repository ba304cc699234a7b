// Jobs of a Slurm cluster in every state that a panel shows.

import type { JobReport, JobsNews } from '../../../runtime/protocol/jobs.ts'

/** @param nowMs epoch milliseconds: the job that runs has half an hour left */
export function jobsNews(nowMs: number): JobsNews {
  const job = (id: string, state: JobReport['state'], text: string, more: Partial<JobReport>): JobReport => ({
    ...{ id, pool: 'workers', state, text, workers: [] },
    ...{ resources: '4 cores · 8GB', logFile: `/shared/logs/job-${id}.log` },
    ...more,
  })
  return {
    jobs: [
      job('10', 'ended', 'reached its time limit on node1', { nodes: 'node1' }),
      job('11', 'ended', 'was preempted for a job that goes before it on node1', { nodes: 'node1' }),
      job('12', 'running', 'running on node1, 30 min left', {
        ...{ nodes: 'node1', workers: ['job12-0', 'job12-1'], endMs: nowMs + 30 * 60_000 },
      }),
      job('13', 'pending', 'pending (Resources: nodes are busy), starts about 2026-11-27 12:00', {
        ...{ pool: 'gpu', reason: 'Resources', resources: '4 cores · 8GB · 1 GPU' },
      }),
      job('14', 'suspended', 'suspended on node2', { nodes: 'node2', workers: ['job14-0'] }),
    ],
    ...{ wanted: { workers: 2, gpu: 1 }, adapting: true, gone: [] },
    scheduler: { id: '9', nodes: 'node1', endMs: nowMs + 2 * 3_600_000 },
  }
}

/** The same jobs on many nodes with long names, in pools with long names, each with much to say. */
export function longJobsNews(nowMs: number, name: string): JobsNews {
  const news = jobsNews(nowMs)
  const nodes = `${name}[0001-0017,0021,0044-0063]`
  const jobs = news.jobs.map((job, i) => ({
    ...job,
    id: `1234567${job.id}_${i}`,
    pool: i % 2 ? name : job.pool,
    text: job.text.replaceAll(/node\d/g, nodes),
    resources: `128 cores · 1024GB · 8 ${name}`,
    ...(job.nodes && { nodes }),
  }))
  return { ...news, jobs, wanted: { workers: 2, [name]: 1 }, scheduler: { ...news.scheduler!, nodes } }
}
