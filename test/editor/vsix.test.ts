// What a person installs: the packed extension, in a VS Code and a folder that know nothing of this checkout.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { openLab, root } from './kit.ts'
import { codeLens, lineText, panelPage, runCommand, settledLenses } from './workbench.ts'

const SIZE_MB_MAX = 25

test('the packed extension installs, runs an expression and shows a panel', async (t) => {
  const made = mkdtempSync(join(tmpdir(), 'heddle-vsix-test-'))
  const vsix = join(made, 'heddle.vsix')
  const script = join(root, 'scripts', 'package.ts')
  execFileSync(process.execPath, [script, '--no-build', '--out', vsix], { stdio: 'pipe' })
  const megabytes = statSync(vsix).size / 1e6
  t.diagnostic(`the .vsix is ${megabytes.toFixed(1)} MB`)
  assert.ok(megabytes <= SIZE_MB_MAX)
  const lab = await openLab({ vsix })
  t.after(async () => {
    await lab.close()
    rmSync(made, { recursive: true, force: true })
  })
  await lab.open('analysis.ts')
  await settledLenses(lab.page, /▷ Run$/, 3)
  await codeLens(lab.page, /▷ Run$/)
    .first()
    .click()
  assert.match(await lineText(lab.page, /^[=✗] /), /^= 328350 · /)
  await runCommand(lab.page, 'Heddle: Show Workers')
  await (await panelPage(lab.page, 'workers')).getByText('w0').first().waitFor()
})
