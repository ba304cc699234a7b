// What a site does to jobs, from a VS Code that has no network but ssh: a node that crashes or hangs, a controller that is frozen, a
// walltime that is over, a load that comes and goes; right answers, each end named with its reason, and nothing is left.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { FrameLocator, Locator } from 'playwright-core'
import type { NodeName } from '../slurmLab/slurmConf.ts'
import { until } from './kit.ts'
import { SlurmAway } from './slurmAwayLab.ts'
import { lineText, panelPage, runCommand } from './workbench.ts'

describe('a Slurm cluster in trouble, in a real VS Code', { concurrency: false }, () => {
  let away: SlurmAway
  let panel: FrameLocator

  before(async () => {
    away = await SlurmAway.open({
      // The scheduler has a node of its own, and jobs go to the node that has least to do.
      config: [
        'PartitionName=head Nodes=node1 DefaultTime=60 MaxTime=60 State=UP',
        'PartitionName=spread Nodes=node[2-4] LLN=YES DefaultTime=10 MaxTime=60 State=UP',
      ],
      profile: { partition: 'spread', walltime: '30', scheduler: { kind: 'job', partition: 'head' } },
      computations: ['crashed', 'hung', 'frozen', 'over', 'followed'],
    })
  })
  after(() => away?.close())

  /** Jobs of workers that run, the youngest last: which, and where. */
  const running = async (): Promise<{ job: string; node: NodeName }[]> => {
    const text = await away.slurm.command(
      'squeue',
      '-h',
      '-r',
      '-t',
      'R',
      '-p',
      'spread',
      '-o',
      '%i %N',
      '-S',
      'i',
    )
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => ({ job: line.split(' ')[0], node: line.split(' ')[1] as NodeName }))
  }
  /** A job's row in the panel. */
  const row = (job: string): Locator =>
    panel.locator('tbody tr', { has: panel.locator('.worker-name', { hasText: new RegExp(`^${job}$`) }) })
  /** Starts a run that keeps two workers busy; gives the younger of their jobs. */
  const busyWith = async (computation: 'crashed' | 'hung'): Promise<{ job: string; node: NodeName }> => {
    await away.run(computation)
    await away.statusBar(/loom: 2 workers · 2\/2 busy/).waitFor()
    return (await running()).at(-1)!
  }
  const answerIs = async (value: number): Promise<void> => {
    assert.match(await lineText(away.lab.page, new RegExp(`^= ${value} `)), new RegExp(`^= ${value} · `))
  }

  test('connected and scaled up, it has two jobs on two nodes, in tree and panel', async () => {
    const { page } = away.lab
    await away.connect()
    await runCommand(page, 'View: Show Heddle')
    await away.answer('Heddle: Scale Jobs…', 'Scale: how much', '2')
    await away.statusBar(/loom: 2 workers/).waitFor()
    await runCommand(page, 'Heddle: Show Jobs')
    panel = await panelPage(page, 'jobs')
    await panel.getByText('2 jobs wanted').waitFor()
    const jobs = await running()
    assert.equal(new Set(jobs.map(({ node }) => node)).size, 2)
    for (const { job, node } of jobs) {
      await row(job).filter({ hasText: 'running' }).filter({ hasText: node }).waitFor()
      await away.rows(new RegExp(`job ${job}.*${node} · \\d+ min left`)).waitFor()
    }
    await away.rows(/scheduler.*job \d+ · node1/).waitFor()
  })

  test('a node crashes in a run: Slurm puts its job back into the queue, which is told, and the answer is right', async () => {
    const { job, node } = await busyWith('crashed')
    away.slurm.crashNode(node)
    await row(job).filter({ hasText: 'put back into the queue by Slurm' }).waitFor()
    await away.rows(new RegExp(`job ${job}.*put back into the queue by Slurm`)).waitFor()
    away.give('crashed')
    await answerIs(12)
    away.slurm.startNode(node)
    await away.statusBar(/loom: 2 workers/).waitFor()
  })

  test('a node hangs in a run: its job is lost with it, another comes, and the answer is right', async () => {
    const { job, node } = await busyWith('hung')
    // As where a site has jobs not started again.
    await away.slurm.command('scontrol', 'update', `JobId=${job}`, 'Requeue=0')
    away.slurm.freezeNode(node)
    await row(job)
      .filter({ hasText: `was lost with its node on ${node}` })
      .waitFor()
    await away.rows(new RegExp(`job ${job}.*was lost with its node on ${node}`)).waitFor()
    await away.lab.picture('slurmTrouble')
    away.give('hung')
    await answerIs(20)
    away.slurm.thawNode(node)
    await away.statusBar(/loom: 2 workers/).waitFor()
  })

  test('the controller is frozen in a run: it is told, the answer comes, and a job follows when it goes on', async () => {
    await away.run('frozen')
    await away.statusBar(/[1-9]\/2 busy/).waitFor()
    away.slurm.freezeController()
    await away.answer('Heddle: Scale Jobs…', 'Scale: how much', '3')
    const told = panel.getByRole('alert').filter({ hasText: 'Slurm does not answer, and is asked again' })
    await told.waitFor()
    await away.rows(/loom.*Slurm does not answer/).waitFor()
    away.give('frozen')
    await answerIs(30)
    assert.equal(await told.count(), 1)
    away.slurm.thawController()
    await away.statusBar(/loom: 3 workers/).waitFor()
    await told.waitFor({ state: 'detached' })
  })

  test('a walltime is over in a run: the job’s end is told, another comes, and the answer is right', async () => {
    await away.run('over')
    await away.statusBar(/3\/3 busy/).waitFor()
    const { job, node } = (await running()).at(-1)!
    await away.slurm.command('scontrol', 'update', `JobId=${job}`, 'EndTime=now+3')
    await row(job)
      .filter({ hasText: `reached its time limit on ${node}` })
      .waitFor()
    await away.rows(new RegExp(`job ${job}.*reached its time limit on ${node}`)).waitFor()
    away.give('over')
    await answerIs(42)
    await away.statusBar(/loom: 3 workers/).waitFor()
  })

  test('the load is followed: no jobs without work, jobs when there is some, and none again', async () => {
    await away.answer('Heddle: Let Jobs Follow the Load…', 'Follow the load', '0-2')
    await panel.getByText('follows the load').waitFor()
    await panel.getByText('0 jobs wanted').waitFor()
    await away.statusBar(/loom: 0 workers/).waitFor()
    await away.run('followed')
    await away.statusBar(/loom: [12] workers? · [12]\/[12] busy/).waitFor()
    away.give('followed')
    await answerIs(56)
    await away.statusBar(/loom: 0 workers/).waitFor()
    await until(async () => (await running()).length === 0, 'no job of workers is left')
  })

  test('ended, it leaves no job, process or file', () => away.end())
})
