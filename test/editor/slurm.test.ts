// From the editor to a real Slurm: a bad profile told, connect, script shown, run, scale, a job ended, down, and nothing is left.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Locator } from 'playwright-core'
import { SlurmLab } from '../slurmLab/slurmController.ts'
import { SlurmUser } from '../slurmLab/slurmUser.ts'
import { type Lab, openLab, until } from './kit.ts'
import { answerBox, lineText, notifications, runAndPick, runCommand, settledLenses } from './workbench.ts'

describe('Slurm in a real VS Code', { concurrency: false }, () => {
  let slurm: SlurmLab
  let user: SlurmUser
  let lab: Lab

  before(async () => {
    slurm = await SlurmLab.start()
    user = new SlurmUser(slurm)
    lab = await openLab({
      env: { ...slurm.env },
      settings: {
        'heddle.slurm.warnOnLoginNode': true,
        'heddle.slurm.profiles': {
          loom: { ...user.profile, walltime: '30' },
          wrong: { ...user.profile, queue: 'cpu' },
        },
      },
    })
    await lab.open('analysis.ts')
    await settledLenses(lab.page, /▷ Run$/, 3)
  })
  after(async () => {
    await lab?.close()
    await slurm?.close()
  })

  const pick = (text: string | RegExp): Locator =>
    lab.page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: text }).first()
  const notification = async (text: string | RegExp): Promise<Locator> =>
    (await notifications(lab.page, text)).first()
  const rows = (text: string | RegExp): Locator =>
    lab.page.locator('.customview-tree .monaco-list-row', { hasText: text })
  const statusBar = (text: RegExp): Locator => lab.page.locator('.statusbar-item', { hasText: text }).first()

  test('a bad profile is told by its name, its field and the way out', async () => {
    const { page } = lab
    await runAndPick(page, 'Heddle: Connect to Cluster…', pick('wrong'))
    const told = await notification(
      'heddle.slurm.profiles.wrong.queue is no part of a profile: write partition',
    )
    await told.getByRole('button', { name: 'Show Output' }).waitFor()
    await runCommand(page, 'Notifications: Clear All Notifications')
  })

  test('a local cluster warns first that this may be a login node', async () => {
    const { page } = lab
    await runCommand(page, 'Heddle: Start Local Cluster')
    await notification(/This machine has sbatch: it may be a login node/)
    await runCommand(page, 'Notifications: Clear All Notifications')
    await statusBar(/^ ?Heddle$/).waitFor()
    assert.deepEqual(lab.processes(), [])
  })

  test('the script is shown before it is sent, with the estimated start; then the window is attached', async () => {
    const { page } = lab
    await runCommand(page, 'View: Show Heddle')
    await runAndPick(page, 'Heddle: Connect to Cluster…', pick('loom'))
    const script = page.locator('.view-lines', { hasText: '#SBATCH' }).first()
    await script.waitFor()
    const asked = await notification(/Start a cluster of loom\? Slurm would start it now/)
    assert.match(((await script.textContent()) ?? '').replaceAll('\u00a0', ' '), /Nothing is sent yet/)
    assert.deepEqual(await slurm.jobs(), [])
    await lab.picture('jobScript')
    await asked.getByRole('button', { name: 'Submit' }).click()
    await statusBar(/loom: 1 worker · 0\/1 busy/).waitFor()
    await rows(/scheduler.*job \d+ · node\d/).waitFor()
    await rows(/job \d+.*node\d · \d+ min left/)
      .first()
      .waitFor()
  })

  test('a run goes there', async () => {
    const { page } = lab
    await runCommand(page, 'Heddle: Set Up This Folder')
    await (await settledLenses(page, /▷ Run$/, 3)).first().click()
    assert.match(await lineText(page, /^= /), /^= 328350 · /)
  })

  test('scaled up, jobs show in the tree', async () => {
    const { page } = lab
    await runCommand(page, 'Heddle: Scale Jobs…')
    await answerBox(page, 'Scale: how much', '3')
    await statusBar(/loom: 3 workers/).waitFor()
    await until(async () => (await rows(/^ ?job \d+/).count()) === 3, 'three jobs are in the tree')
  })

  test('one job is ended, and is not replaced', async () => {
    const { page } = lab
    await runCommand(page, 'Heddle: Cancel Job')
    await pick(/^.*running on node/).click()
    await statusBar(/loom: 2 workers/).waitFor()
    await rows(/was cancelled/)
      .first()
      .waitFor()
  })

  test('End Cluster leaves no job, process or file', async () => {
    const { page } = lab
    await runCommand(page, 'Heddle: End Cluster')
    await page.locator('.monaco-dialog-box').getByRole('button', { name: 'End It' }).click()
    await statusBar(/^ ?Heddle$/).waitFor()
    await until(async () => (await user.leftovers()).length === 0, 'nothing is left')
    await until(() => lab.processes().length === 0, 'no process is left')
  })
})
