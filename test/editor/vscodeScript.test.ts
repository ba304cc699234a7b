// `npm run vscode` as a person uses it: it prints an address, and behind the address an example runs.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { kill, pidsWith, root, until } from './kit.ts'
import { requireBuilt } from './vscodeServer.ts'
import { lineText, openBrowser, settledLenses, WAIT_MS } from './workbench.ts'

test('without a desktop VS Code it starts a server, prints its address, and ends with Ctrl-C', async (t) => {
  requireBuilt(root)
  const made = mkdtempSync(join(tmpdir(), 'hv-'))
  const runtime = join(made, 'r')
  mkdirSync(runtime, { mode: 0o700 })
  // Nothing but what the script itself needs is on the path: there is no `code`.
  const bin = join(made, 'bin')
  mkdirSync(bin)
  for (const name of ['sh', 'cat']) symlinkSync(join('/bin', name), join(bin, name))
  const folder = join(made, 'loom')
  cpSync(join(root, 'test', 'fixtures', 'editor'), folder, { recursive: true })
  // The machine of the tests may have Slurm, of which a person would be warned.
  mkdirSync(join(folder, '.vscode'), { recursive: true })
  writeFileSync(
    join(folder, '.vscode', 'settings.json'),
    JSON.stringify({ 'heddle.slurm.warnOnLoginNode': false }),
  )
  const child = spawn(process.execPath, [join(root, 'scripts', 'vscode.ts'), '--no-build', folder], {
    env: { ...process.env, PATH: bin, XDG_RUNTIME_DIR: runtime },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  t.after(async () => {
    child.kill('SIGKILL')
    for (const pid of pidsWith(runtime)) kill(pid)
    rmSync(made, { recursive: true, force: true, maxRetries: 10 })
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text))
  await until(() => /^Open http\S+\n/m.test(said) || child.exitCode !== null, 'it prints an address')
  const address = /^Open (http\S+)$/m.exec(said)?.[1]
  assert.ok(address, said)
  assert.equal((await fetch(address)).status, 200)
  const browser = await openBrowser()
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    page.setDefaultTimeout(WAIT_MS)
    await page.goto(address)
    await page
      .locator('.explorer-folders-view .monaco-list-row', { hasText: 'analysis.ts' })
      .first()
      .dblclick()
    await (await settledLenses(page, /▷ Run$/, 3)).first().click()
    assert.match(await lineText(page, /^[=✗] /), /^= 328350 · /)
  } finally {
    await browser.close()
  }
  child.kill('SIGINT')
  assert.equal(await exited, 0)
  await until(() => pidsWith(runtime).length === 0, 'nothing of the cluster is left')
})
