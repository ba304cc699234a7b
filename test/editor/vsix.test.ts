// What a person installs: the packed extension, in a VS Code and a folder that know nothing of this checkout.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { openLab, root } from './kit.ts'
import { codeLens, lineText, panelPage, runCommand, settledLenses } from './workbench.ts'

const SIZE_MB_MAX = 25

describe('the packed extension', { concurrency: false }, () => {
  let made: string
  let vsix: string
  before(() => {
    made = mkdtempSync(join(tmpdir(), 'heddle-vsix-test-'))
    vsix = join(made, 'heddle.vsix')
    const script = join(root, 'scripts', 'package.ts')
    execFileSync(process.execPath, [script, '--no-build', '--out', vsix], { stdio: 'pipe' })
  })
  after(() => rmSync(made, { recursive: true, force: true }))

  test('installs, runs an expression and shows a panel', async (t) => {
    const megabytes = statSync(vsix).size / 1e6
    t.diagnostic(`the .vsix is ${megabytes.toFixed(1)} MB`)
    assert.ok(megabytes <= SIZE_MB_MAX)
    const lab = await openLab({ vsix })
    t.after(() => lab.close())
    await lab.open('analysis.ts')
    await settledLenses(lab.page, /▷ Run$/, 3)
    await codeLens(lab.page, /▷ Run$/)
      .first()
      .click()
    assert.match(await lineText(lab.page, /^[=✗] /), /^= 328350 · /)
    await runCommand(lab.page, 'Heddle: Show Workers')
    await (await panelPage(lab.page, 'workers')).getByText('w0').first().waitFor()
  })

  // An extension under development is never held back, so only the installed one can show this.
  test('a folder that is not trusted has nothing of it, until it is', async (t) => {
    const lab = await openLab({ vsix, asksForTrust: true })
    t.after(() => lab.close())
    const { page } = lab
    const heddle = page.locator('.statusbar-item', { hasText: 'Heddle' })
    await lab.open('analysis.ts')
    await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).first().waitFor()
    // TypeScript's extension has started with the file, as this one would have.
    await page
      .locator('.statusbar-item', { hasText: /^TypeScript$/ })
      .first()
      .waitFor()
    assert.equal(await codeLens(page, /▷/).count(), 0)
    assert.equal(await heddle.count(), 0)
    assert.deepEqual(lab.languageServers(), [])
    await runCommand(page, 'Workspaces: Manage Workspace Trust')
    await page.locator('.workspace-trust-editor .monaco-button', { hasText: /^Trust$/ }).click()
    await page.keyboard.press('Escape') // The editor of trust lies over the others.
    await settledLenses(page, /▷ Run$/, 3)
    await heddle.first().waitFor()
    assert.equal(lab.languageServers().length, 1)
  })
})
