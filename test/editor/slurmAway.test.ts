// From a VS Code without any network but ssh to a real Slurm: connect, run, scale, a job that is killed, a link that drops, an editor
// that is closed in a run; right answers, and nothing is left.

import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Locator } from 'playwright-core'
import { NoNetwork } from '../slurmLab/noNetwork.ts'
import { SlurmLab } from '../slurmLab/slurmController.ts'
import { SlurmUser } from '../slurmLab/slurmUser.ts'
import { SshServer } from '../slurmLab/sshServer.ts'
import { type Lab, openLab, until } from './kit.ts'
import { lineText, notifications, runCommand, settledLenses } from './workbench.ts'

describe('Slurm from a VS Code that has no network but ssh', { concurrency: false }, () => {
  let slurm: SlurmLab
  let user: SlurmUser
  let server: SshServer
  let network: NoNetwork
  let lab: Lab

  before(async () => {
    slurm = await SlurmLab.start()
    user = new SlurmUser(slurm)
    const path = `${dirname(process.execPath)}:/usr/bin:/bin`
    server = await SshServer.start({ path, env: { SLURM_CONF: slurm.env.SLURM_CONF } })
    network = await NoNetwork.open()
    network.doorTo(server)
    const reached = { host: server.host, configFile: server.configFile, nodePath: process.execPath }
    lab = await openLab({
      network,
      settings: { 'heddle.slurm.profiles': { loom: { ...user.profile, ...reached, walltime: '30' } } },
    })
    writeFileSync(join(lab.folder, 'gated.ts'), gated())
    await lab.open('gated.ts')
    await settledLenses(lab.page, /▷ Run$/, 3)
    await runCommand(lab.page, 'Heddle: Set Up This Folder')
  })
  after(async () => {
    await lab?.close()
    network?.close()
    await server?.close()
    await slurm?.close()
  })

  /** Three computations, each of which waits for a file. */
  const gated = (): string => `import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { bag } from 'heddle'

async function twice(n: number, gate: string): Promise<number> {
  while (!existsSync(gate)) await setTimeout(20)
  return 2 * n
}

const killed = await bag.range(4).map((n) => twice(n, ${JSON.stringify(gate('killed'))})).sum().compute()

const dropped = await bag.range(5).map((n) => twice(n, ${JSON.stringify(gate('dropped'))})).sum().compute()

const closed = await bag.range(6).map((n) => twice(n, ${JSON.stringify(gate('closed'))})).sum().compute()

console.log(killed, dropped, closed)
`
  const gate = (name: string): string => join(user.folder, `gate-${name}`)
  const give = (name: string): void => writeFileSync(gate(name), '')

  const pick = (text: string | RegExp): Locator =>
    lab.page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: text }).first()
  const statusBar = (text: RegExp): Locator => lab.page.locator('.statusbar-item', { hasText: text }).first()
  const runLens = async (at: number): Promise<void> => {
    await (await settledLenses(lab.page, /▷ Run$/, 3)).nth(at).click()
  }

  test('it connects', async () => {
    const { page } = lab
    await runCommand(page, 'Heddle: Connect to Cluster…')
    await pick('loom').click()
    await page.locator('.view-lines', { hasText: '#SBATCH' }).first().waitFor()
    const asked = (await notifications(page, /Start a cluster of loom\?/)).first()
    await asked.getByRole('button', { name: 'Submit' }).click()
    await statusBar(/loom: 1 worker · 0\/1 busy/).waitFor()
  })

  test('scaled up, it has two jobs', async () => {
    const { page } = lab
    await runCommand(page, 'Heddle: Scale Jobs…')
    const box = page.locator('.quick-input-widget:visible input[type="text"]')
    await box.fill('2')
    await box.press('Enter')
    await statusBar(/loom: 2 workers/).waitFor()
  })

  test('a job is killed in a run: the answer is right', async () => {
    await runLens(0)
    await statusBar(/loom: 2 workers · 2\/2 busy/).waitFor()
    const [last] = (await slurm.jobs()).map((line) => Number.parseInt(line, 10)).sort((a, b) => b - a)
    await slurm.command('scancel', String(last))
    await statusBar(/loom: (1 worker |2 workers )/).waitFor()
    give('killed')
    assert.match(await lineText(lab.page, /^= /), /^= 12 · /)
  })

  test('the link drops in a run: it comes back, and so does the answer', async () => {
    await runLens(1)
    await statusBar(/[1-9]\/\d busy/).waitFor()
    server.drop()
    give('dropped')
    assert.match(await lineText(lab.page, /^= 20/), /^= 20 · /)
  })

  test('the editor is closed in a run: opened again, it has the answer', async () => {
    await runLens(2)
    await statusBar(/[1-9]\/\d busy/).waitFor()
    await lab.page.goto('about:blank')
    give('closed')
    await lab.open('gated.ts')
    await statusBar(/loom: \d worker/).waitFor()
    assert.match(await lineText(lab.page, /^= 30/), /^= 30 · /)
  })

  test('ended, it leaves no job, process or file', async () => {
    const { page } = lab
    await runCommand(page, 'Heddle: End Cluster')
    await page.locator('.monaco-dialog-box').getByRole('button', { name: 'End It' }).click()
    await statusBar(/^ ?Heddle$/).waitFor()
    // What was brought over there stays for the next time: heddle's own files, which are no cluster's.
    await until(async () => (await slurm.jobs()).length === 0, 'no job is left')
    await until(() => slurm.jobProcesses().length === 0, 'no process is left over there')
    await until(() => !existsSync(join(user.shared, 'slurm')), 'no folder of the cluster is left')
    await until(() => lab.processes().length === 0, 'no process is left')
  })
})
