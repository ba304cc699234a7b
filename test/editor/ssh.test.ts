// Clusters that ssh reaches, in the real VS Code with a real sshd: its questions in boxes, start, run, reload, leave, come back, restart, stop.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Locator } from 'playwright-core'
import { SshServer } from '../slurmLab/sshServer.ts'
import { type Lab, openLab, until } from './kit.ts'
import { lineText, notifications, runAndPick, runCommand, settledLenses } from './workbench.ts'

const PASSPHRASE = 'open sesame'

describe('a host of ssh in a real VS Code', { concurrency: false }, () => {
  let server: SshServer
  let lab: Lab

  before(async () => {
    server = await SshServer.start({ path: `${dirname(process.execPath)}:/usr/bin:/bin` })
    const key = join(server.folder, 'ssh', 'id')
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', PASSPHRASE, '-f', key])
    writeFileSync(join(server.folder, 'ssh', 'known_hosts'), '')
    const config = join(server.folder, 'ssh_config')
    execFileSync('sed', ['-i', 's/StrictHostKeyChecking yes/StrictHostKeyChecking ask/', config])
    lab = await openLab({ settings: { 'heddle.ssh.configFile': config } })
    await lab.open('analysis.ts')
    await settledLenses(lab.page, /▷ Run$/, 3)
    await runCommand(lab.page, 'View: Show Heddle')
  })
  after(async () => {
    await lab?.close()
    await server?.close()
  })

  const quick = (): Locator => lab.page.locator('.quick-input-widget:visible')
  const pick = (text: string | RegExp): Locator => quick().locator('.monaco-list-row', { hasText: text })
  const rows = (text: string | RegExp): Locator =>
    lab.page.locator('.customview-tree .monaco-list-row', { hasText: text })
  const statusBar = (text: RegExp): Locator => lab.page.locator('.statusbar-item', { hasText: text }).first()
  /** Answers the box in which ssh asks for the passphrase. */
  const unlock = async (passphrase: string): Promise<void> => {
    await quick().getByText('Enter passphrase for key').waitFor()
    const box = quick().locator('input')
    assert.equal(await box.getAttribute('type'), 'password')
    await box.fill(passphrase)
    await box.press('Enter')
  }
  const chooseHost = async (): Promise<void> => {
    await runAndPick(lab.page, 'Heddle: Connect to Cluster…', pick('Host over ssh…'))
    await quick().getByText('Connect over ssh').waitFor()
  }

  const typeHost = async (name: string): Promise<void> => {
    const box = quick().locator('input[type="text"]')
    await box.fill(name)
    await box.press('Enter')
  }

  test('a host key that is not accepted is told, and nothing is there', async () => {
    const { page } = lab
    await chooseHost()
    // Those of the configuration are there to choose from.
    await pick('lab2').waitFor()
    await typeHost('lab')
    const dialog = page.locator('.monaco-dialog-box')
    await dialog.getByText(/authenticity of host/).waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await notifications(page, /does not know the host key of lab/)
    await runCommand(page, 'Notifications: Clear All Notifications')
    assert.deepEqual(server.processes(), [])
  })

  test('its questions asked, a cluster starts there, and a run goes there', async () => {
    const { page } = lab
    await chooseHost()
    await typeHost('lab')
    await page.locator('.monaco-dialog-box').getByRole('button', { name: 'Yes' }).click()
    await quick().getByText('Enter passphrase for key').waitFor()
    await lab.picture('sshAsks')
    await unlock(PASSPHRASE)
    await statusBar(/lab: 1 worker · 0\/\d+ busy/).waitFor()
    await rows(/^ ?lab.*1 worker/).waitFor()
    await (await settledLenses(page, /▷ Run$/, 3)).first().click()
    assert.match(await lineText(page, /^= /), /^= 328350 · /)
  })

  test('a reload asks again, and finds the cluster', async () => {
    await lab.open('analysis.ts')
    await unlock(PASSPHRASE)
    await statusBar(/lab: 1 worker/).waitFor()
  })

  test('left, it goes on: the view of clusters has its host, and a click finds it again', async () => {
    const { page } = lab
    await runCommand(page, 'Heddle: Disconnect from Cluster')
    await statusBar(/^ ?Heddle$/).waitFor()
    assert.notDeepEqual(server.processes(), [])
    await runCommand(page, 'Heddle: Start Local Cluster')
    await statusBar(/^ ?1 worker/).waitFor()
    await rows(/^ ?lab ?over ssh/).click()
    await unlock(PASSPHRASE)
    await quick().getByText('A cluster runs on lab already').waitFor()
    await pick(/Cluster \w+/).click()
    await statusBar(/lab: 1 worker/).waitFor()
    await settledLenses(page, '▷ Run on lab', 3)
  })

  test('restarted it is another; stopped, nothing is left over there but the agent', async () => {
    const { page } = lab
    await runCommand(page, 'Heddle: Restart Cluster')
    await unlock(PASSPHRASE)
    await statusBar(/lab: 1 worker/).waitFor()
    await runCommand(page, 'Heddle: Stop Cluster')
    await statusBar(/^ ?1 worker/).waitFor()
    await runCommand(page, 'Heddle: Stop Cluster')
    await statusBar(/^ ?Heddle$/).waitFor()
    await until(() => lab.processes().length === 0, 'no process is left here')
    const titles = (): string[] =>
      server
        .processes()
        .map((pid) =>
          execFileSync('sh', ['-c', `tr '\\0' ' ' < /proc/${pid}/cmdline || true`], { encoding: 'utf8' }),
        )
        .filter((title) => /^heddle (scheduler|worker|session)/.test(title))
    await until(() => titles().length === 0, 'no process of a cluster is left there')
  })
})
