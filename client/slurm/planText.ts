// What Slurm would get and when it would start it, for a person who decides. No `vscode`.

import type { SlurmPlan } from '../../runtime/protocol/slurmDesk.ts'
import { left } from '../cluster/quantity.ts'

/** When Slurm would start, as a person is told. @param nowMs epoch milliseconds */
export function startText({ startMs, refused }: SlurmPlan, nowMs: number): string {
  if (refused !== undefined) return `Slurm would refuse it: ${refused}`
  if (startMs === undefined) return 'Slurm does not say when it would start.'
  if (startMs < nowMs + 60_000) return 'Slurm would start it now.'
  return `Slurm would start it in about ${left(startMs - nowMs)}, ${new Date(startMs).toLocaleString()}.`
}

export function scriptsText(profile: string, plan: SlurmPlan, nowMs: number): string {
  const head = [
    `# What Slurm gets for the profile ${profile}. Nothing is sent yet.`,
    `# ${startText(plan, nowMs)}`,
  ]
  const scripts = plan.scripts.map(
    ({ name, script }) => `# ──── ${TITLES[name] ?? `pool ${name}`} ────\n${script}`,
  )
  return `${head.join('\n')}\n\n${scripts.join('\n')}`
}

const TITLES: Readonly<Record<string, string>> = {
  scheduler: "the scheduler's own job",
  workers: 'jobs of workers',
}
