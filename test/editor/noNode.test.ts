// A machine without Node in the real VS Code: asked, refused when the person says no, and after a yes the first run goes on with what was fetched.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Locator } from 'playwright-core'
import { type NodeRegistry, nodeRegistry } from '../kit/nodeRegistry.ts'
import { type Lab, openLab } from './kit.ts'
import { lineText, notifications, runCommand, settledLenses } from './workbench.ts'

describe('a machine without Node in a real VS Code', { concurrency: false }, () => {
  const made = mkdtempSync(join(tmpdir(), 'heddle-no-node-'))
  let registry: NodeRegistry
  let lab: Lab

  before(async () => {
    registry = await nodeRegistry(made)
    const bin = join(made, 'bin')
    mkdirSync(bin)
    // The system's programs but Node; what stands in both folders is linked once, and that is no failure.
    const link = `ln -s /usr/bin/* ${bin}/ 2>/dev/null; ln -s /bin/* ${bin}/ 2>/dev/null; rm -f ${bin}/node ${bin}/nodejs`
    execFileSync('sh', ['-c', link])
    lab = await openLab({
      settings: { 'heddle.nodePath': '' },
      env: { PATH: bin, npm_config_registry: registry.url },
    })
    await lab.open('analysis.ts')
  })
  after(async () => {
    await lab?.close()
    registry?.close()
    rmSync(made, { recursive: true, force: true })
  })

  const dialog = (): Locator => lab.page.locator('.monaco-dialog-box')

  test('asked, and told the way out when the person says no', async () => {
    const { page } = lab
    await (await settledLenses(page, /▷ Run$/, 3)).first().click()
    await dialog().getByText('Heddle needs Node 24 or newer to run a cluster, and finds none').waitFor()
    await dialog()
      .getByText(/Fetch Node 24\.\S+ for \S+ \(.*, \d+ MB\)/)
      .waitFor()
    await dialog().getByRole('button', { name: 'Cancel' }).click()
    await notifications(page, /Install Node 24, or set "heddle\.nodePath" to one/)
    await runCommand(page, 'Notifications: Clear All Notifications')
    assert.deepEqual(registry.asked, [])
  })

  test('after a yes it is fetched once, and the run goes on', async () => {
    const { page } = lab
    await (await settledLenses(page, /▷ Run$/, 3)).first().click()
    await dialog().getByRole('button', { name: 'Fetch Node' }).click()
    assert.match(await lineText(page, /^= /), /^= 328350 · /)
    assert.equal(registry.asked.length, 2)
  })
})
