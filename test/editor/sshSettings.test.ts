// Hosts of ssh in the real VS Code: one without a Node gets it after a question, and clusters are as the host's settings say.

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Locator } from 'playwright-core'
import { type NodeRegistry, nodeRegistry } from '../kit/nodeRegistry.ts'
import { SshServer } from '../slurmLab/sshServer.ts'
import { type Lab, openLab, until } from './kit.ts'
import { notifications, runCommand, settledLenses } from './workbench.ts'

describe('hosts of ssh and their settings in a real VS Code', { concurrency: false }, () => {
  const made = mkdtempSync(join(tmpdir(), 'heddle-hosts-'))
  let server: SshServer
  let registry: NodeRegistry
  let lab: Lab

  before(async () => {
    server = await SshServer.start()
    registry = await nodeRegistry(made)
    lab = await openLab({
      settings: { 'heddle.ssh.configFile': server.configFile },
      env: { npm_config_registry: registry.url, XDG_CACHE_HOME: join(made, 'cache') },
    })
    await lab.open('analysis.ts')
    await settledLenses(lab.page, /▷ Run$/, 3)
    await runCommand(lab.page, 'View: Show Heddle')
  })
  after(async () => {
    await lab?.close()
    registry?.close()
    await server?.close()
    rmSync(made, { recursive: true, force: true })
  })

  const quick = (): Locator => lab.page.locator('.quick-input-widget:visible')
  const dialog = (): Locator => lab.page.locator('.monaco-dialog-box')
  const statusBar = (text: RegExp): Locator => lab.page.locator('.statusbar-item', { hasText: text }).first()
  const connect = async (): Promise<void> => {
    await runCommand(lab.page, 'Heddle: Connect over ssh…')
    await quick().getByText('Connect over ssh').waitFor()
    await type('lab')
  }
  const type = async (text: string): Promise<void> => {
    const box = quick().locator('input[type="text"]')
    await box.fill(text)
    await box.press('Enter')
  }

  test('a host without a Node: asked, and refused when the person says no', async () => {
    await connect()
    await dialog().getByText('lab has no Node 24 or newer.').waitFor()
    await dialog()
      .getByText(/Fetch Node 24\.\S+ for \S+ \(.*, \d+ MB\) from the registry/)
      .waitFor()
    await lab.picture('askNode')
    await dialog().getByRole('button', { name: 'Cancel' }).click()
    await notifications(lab.page, /lab has no Node 24 or newer, and none was to be brought/)
    await runCommand(lab.page, 'Notifications: Clear All Notifications')
    assert.deepEqual(registry.asked, [])
  })

  test('set up with two hosts and two workers on each, then connected: Node goes there and the cluster is so', async () => {
    const { page } = lab
    await runCommand(page, 'Heddle: Set Up ssh Host…')
    await quick().getByText('Set up a host').waitFor()
    await type('lab')
    await quick().getByText('lab: more hosts').waitFor()
    await type('lab2')
    await quick().getByText('lab: worker processes on each of 2 hosts').waitFor()
    await quick().locator('input[type="text"]').fill('many')
    const refused = quick().getByText('A whole number from 1 to 1024, or nothing.')
    await refused.waitFor()
    await quick().locator('input[type="text"]').fill('2')
    await refused.waitFor({ state: 'hidden' })
    await type('2')
    await quick().getByText('lab: threads of each worker').waitFor()
    await type('1')
    await quick().getByText('lab: memory of each worker').waitFor()
    await type('1GB')
    await until(() => 'heddle.ssh.hosts' in userSettings(), 'the settings are written')
    const told = await notifications(page, 'How clusters start on lab is in the settings.')
    assert.deepEqual(userSettings()['heddle.ssh.hosts'], {
      lab: { moreHosts: ['lab2'], workers: 2, threadsPerWorker: 1, memoryLimit: '1GB' },
    })
    await told.getByRole('button', { name: 'Connect' }).click()
    await dialog().getByRole('button', { name: 'Fetch Node' }).click()
    await statusBar(/lab: 4 workers/).waitFor()
    await notificationsClear()
    assert.deepEqual(
      registry.asked.map((path) => path.replace(/\/[^/]*\/24.*/, '/NODE')),
      ['/NODE', '/node.tgz'],
    )
    assert.equal(readdirSync(join(server.home, '.cache', 'heddle', 'node')).length, 1)
    await runCommand(page, 'Heddle: Stop Cluster')
    await statusBar(/^ ?Heddle$/).waitFor()
  })

  test('settings that cannot be are told by name before the host is reached', async () => {
    await lab.setting('heddle.ssh.hosts', { lab: { workers: 2, threads: 4 } })
    await until(async () => {
      await connect()
      const found = lab.page.locator('.notification-list-item', {
        hasText: 'heddle.ssh.hosts.lab.threads is no setting of a host',
      })
      await runCommand(lab.page, 'Notifications: Show Notifications')
      return (await found.count()) > 0
    }, 'the setting is told')
  })

  const notificationsClear = (): Promise<void> =>
    runCommand(lab.page, 'Notifications: Clear All Notifications')

  function userSettings(): Record<string, unknown> {
    for (const place of ['Machine', 'User']) {
      const text = readFileSync(join(lab.server.data, 'user', place, 'settings.json'), 'utf8')
      // It may be read while it is written.
      if (!text.includes('"heddle.ssh.hosts"') || !text.trimEnd().endsWith('}')) continue
      return JSON.parse(text) as Record<string, unknown>
    }
    return {}
  }
})
