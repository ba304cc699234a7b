// A Slurm cluster from nothing, in the real VS Code: a new profile from the cluster's own answers, connect, a lens for each cluster, reload, restart, stop.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Locator } from 'playwright-core'
import { SlurmLab } from '../slurmLab/slurmController.ts'
import { type Lab, openLab, until } from './kit.ts'
import {
  answerBox,
  codeLens,
  lineText,
  notifications,
  panelPage,
  runAndPick,
  runCommand,
  settledLenses,
} from './workbench.ts'

describe('a new Slurm profile in a real VS Code', { concurrency: false }, () => {
  let slurm: SlurmLab
  let lab: Lab

  before(async () => {
    slurm = await SlurmLab.start({ accounts: ['weavers', 'dyers'] })
    const wrong = { account: 'nobody', cores: 1, memory: '400MB', partition: 'cpu' }
    lab = await openLab({
      env: { ...slurm.env },
      settings: { 'heddle.slurm.profiles': { wrong } },
    })
    // Of an editor only the lines that have room are there: two scripts are shown in one.
    await lab.page.setViewportSize({ width: 1280, height: 2000 })
    await lab.open('analysis.ts')
    await settledLenses(lab.page, /▷ Run$/, 3)
    await runCommand(lab.page, 'Heddle: Set Up This Folder')
  })
  after(async () => {
    await lab?.close()
    await slurm?.close()
  })

  const quick = (): Locator => lab.page.locator('.quick-input-widget:visible')
  const pick = (text: string | RegExp): Locator => quick().locator('.monaco-list-row', { hasText: text })
  /** Answers a question of the form: an input box whose title is `title`. */
  const answer = async (title: string, text: string): Promise<void> => {
    await answerBox(lab.page, `New Slurm Profile: ${title}`, text)
  }
  const press = async (text: string | RegExp, button: string): Promise<void> => {
    const told = (await notifications(lab.page, text)).first()
    await told.getByRole('button', { name: button, exact: true }).click()
  }
  const rows = (text: string | RegExp): Locator =>
    lab.page.locator('.customview-tree .monaco-list-row', { hasText: text })
  const statusBar = (text: RegExp): Locator => lab.page.locator('.statusbar-item', { hasText: text }).first()
  /** The profile as the settings hold it. */
  const written = (): unknown =>
    ['User', 'Machine']
      .map((place) => readFileSync(join(lab.server.data, 'user', place, 'settings.json'), 'utf8'))
      .map((text) => (JSON.parse(text) as Record<string, Record<string, unknown>>)['heddle.slurm.profiles'])
      .find((profiles) => profiles?.loom !== undefined)?.loom
  /** Folders of clusters: the profile names none, so that they stand in the cache of the home. */
  const clusterFolders = (): string[] => {
    const folder = join(lab.server.data, '.cache', 'heddle', 'slurm')
    return existsSync(folder) ? readdirSync(folder) : []
  }

  test('New Slurm Profile… asks with what the cluster has, and refuses what cannot be', async () => {
    const { page } = lab
    await runCommand(page, 'View: Show Heddle')
    await runCommand(page, 'Heddle: New Slurm Profile…')
    await answer('Name', 'a name')
    await quick().getByText('Letters, digits').waitFor()
    await answer('Name', 'loom')
    await answer('Login node', '')
    await pick(/^cpu.*2 nodes · 4 cores · 4\.2 GB/).waitFor()
    assert.match((await pick('gpu').textContent()) ?? '', /gpu:fake:2/)
    await lab.picture('newProfile')
    await pick(/^cpu/).click()
    await quick().getByText('New Slurm Profile: Account').waitFor()
    await pick('weavers').waitFor()
    await pick('dyers').click()
    await answer('Cores of a job', '5')
    await quick().getByText('A whole number from 1 to 4').waitFor()
    await answer('Cores of a job', '1')
    await answer('Memory of a job', '400MB')
    await answer('Walltime', '30')
    // What is typed is checked first: another box that opens meanwhile would give the form up.
    await quick().waitFor({ state: 'hidden' })
    await notifications(page, 'The profile loom is in the settings.')
    assert.deepEqual(written(), {
      ...{ partition: 'cpu', account: 'dyers', cores: 1, memory: '400MB', walltime: '30' },
    })
  })

  test('a profile of an account that is none is refused with Slurm’s reason before anything is sent', async () => {
    const { page } = lab
    await runAndPick(page, 'Heddle: Connect to Cluster…', pick('wrong'))
    await page.locator('.view-lines', { hasText: '# Slurm would refuse it:' }).first().waitFor()
    const told = (await notifications(page, /wrong: Slurm would refuse it: .*Invalid account/)).first()
    await told.getByRole('button', { name: 'Open Settings' }).waitFor()
    assert.deepEqual(await slurm.jobs(), [])
    await lab.open('analysis.ts')
    await runCommand(page, 'View: Show Heddle')
  })

  test('Connect shows the script first; then the tree shows scheduler, job and worker', async () => {
    const { page } = lab
    await runAndPick(page, 'Heddle: Connect to Cluster…', pick('loom'))
    await page.locator('.view-lines', { hasText: '#SBATCH' }).first().waitFor()
    assert.deepEqual(await slurm.jobs(), [])
    await press(/Start a cluster of loom\?/, 'Submit')
    await statusBar(/loom: 1 worker · 0\/1 busy/).waitFor()
    await rows(/scheduler.*job \d+ · node\d/).waitFor()
    await rows(/^ ?job \d+.*node\d · \d+ min left/).waitFor()
    await rows(/0\/1 · CPU/).waitFor()
    assert.equal(await slurm.command('squeue', '-h', '-o', '%a'), 'dyers\ndyers\n')
  })

  test('with a local cluster beside it, each computation has a lens for each, and runs where it says', async () => {
    const { page } = lab
    await runCommand(page, 'Heddle: Start Local Cluster')
    await statusBar(/^ ?1 worker · 0\/2 busy/).waitFor()
    await settledLenses(page, '▷ Run on local', 3)
    const there = await settledLenses(page, '▷ Run on loom', 3)
    await rows(/^ ?loom.*connected/).waitFor()
    await there.first().click()
    assert.match(await lineText(page, /^= /), /^= 328350 · /)
    await statusBar(/loom: 1 worker/).waitFor()
    await rows(/^ ?local.*connected/i).waitFor()
    await lab.picture('runOn')
  })

  test('scaled up, the Jobs panel and the tree have both jobs', async () => {
    const { page } = lab
    await runCommand(page, 'Heddle: Scale Jobs…')
    await answerBox(page, 'Scale: how much', '2')
    await statusBar(/loom: 2 workers/).waitFor()
    await until(async () => (await rows(/^ ?job \d+/).count()) === 2, 'two jobs are in the tree')
    await runCommand(page, 'Heddle: Show Jobs')
    const jobs = await panelPage(page, 'jobs')
    await jobs.getByText('2 jobs wanted').waitFor()
    await until(async () => (await jobs.locator('tbody tr').count()) === 2, 'two jobs are in the panel')
    await lab.picture('jobs')
    await runCommand(page, 'View: Close Editor')
  })

  test('a reload finds both clusters again, and the one that was current', async () => {
    const { page } = lab
    const before = await slurm.jobs()
    await lab.open('analysis.ts')
    await statusBar(/loom: 2 workers/).waitFor()
    await rows(/^ ?local.*connected/i).waitFor()
    assert.deepEqual(await slurm.jobs(), before)
    await (await settledLenses(page, '▷ Run on loom', 3)).first().click()
    assert.match(await lineText(page, /^= /), /^= 328350 · /)
  })

  test('Restart Cluster ends it and starts another of as many jobs', async () => {
    const { page } = lab
    const before = await slurm.jobs()
    const [old] = clusterFolders()
    await runCommand(page, 'Heddle: Restart Cluster')
    await page.locator('.monaco-dialog-box').getByRole('button', { name: 'End It' }).click()
    await page.locator('.view-lines', { hasText: '#SBATCH --array=0-1' }).first().waitFor()
    // The message leaves the screen while one reads: the script can be sent from its top as well.
    await codeLens(page, '▷ Submit').click()
    await statusBar(/loom: 2 workers/).waitFor()
    // Slurm tells of a job for a while that is ending.
    await until(async () => {
      const now = await slurm.jobs()
      return now.length === 3 && now.every((job) => job.endsWith(' RUNNING') && !before.includes(job))
    }, 'three others run')
    await until(() => clusterFolders().length === 1 && clusterFolders()[0] !== old, 'one other is there')
  })

  test('Stop Cluster ends its jobs, then the local one: nothing is left', async () => {
    const { page } = lab
    await runCommand(page, 'Heddle: Stop Cluster')
    await page.locator('.monaco-dialog-box').getByRole('button', { name: 'End It' }).click()
    await statusBar(/^ ?1 worker · 0\/2 busy/).waitFor()
    await settledLenses(page, /▷ Run$/, 3)
    assert.equal(await codeLens(page, '▷ Run on').count(), 0)
    await until(async () => (await slurm.jobs()).length === 0, 'no job is left')
    await until(() => clusterFolders().length === 0, 'no folder of a cluster is left')
    await until(() => slurm.jobProcesses().length === 0, 'no process of a job is left')
    await runCommand(page, 'Heddle: Stop Cluster')
    await statusBar(/^ ?Heddle$/).waitFor()
    await until(() => lab.processes().length === 0, 'no process is left')
  })
})
