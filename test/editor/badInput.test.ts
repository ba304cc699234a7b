// What goes wrong around the editor, as a person sees it: no Node, another heddle, a language server that dies.

import assert from 'node:assert/strict'
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { PROTOCOL_VERSION } from '../../runtime/protocol/version.ts'
import { openLab, root, until } from './kit.ts'
import { again, notifications, openFile, runCommand, settledLenses } from './workbench.ts'

/** Of a heddle that is newer than this one. */
const OTHER_PROTOCOL = PROTOCOL_VERSION + 1

test('in a real VS Code', async (t) => {
  const lab = await openLab({ settings: { 'heddle.nodePath': '/nowhere/node' } })
  t.after(() => lab.close())
  const { page } = lab
  await lab.open('analysis.ts')
  const timesLogged = (text: string): number => lab.server.outputOf('Heddle').split(text).length - 1
  const logged = (text: string): boolean => timesLogged(text) > 0
  const lenses = await settledLenses(page, /▷ Run$/, 3)

  await t.test('without a Node the message names what was tried, and its button the way out', async () => {
    await lenses.first().click()
    await until(() => logged('Heddle needs Node 24'), 'there is no Node')
    const said = (await notifications(page, 'Heddle needs Node 24')).first()
    assert.match(
      (await said.textContent()) ?? '',
      /\(\/nowhere\/node is not there\)\. Install Node 24, or set "heddle\.nodePath" to one\./,
    )
    await said.getByRole('button', { name: 'Open Settings' }).click()
    const setting = page.locator('.settings-editor .setting-item-label', { hasText: 'Node Path' })
    await setting.first().waitFor()
    await runCommand(page, 'View: Close Editor')
    await setting.first().waitFor({ state: 'hidden' })
    assert.deepEqual(lab.processes(), [])
    // The settings of the folder count from here on.
    mkdirSync(join(lab.folder, '.vscode'))
    const settings = JSON.stringify({ 'heddle.nodePath': process.execPath })
    writeFileSync(join(lab.folder, '.vscode', 'settings.json'), settings)
  })

  await t.test("a folder's heddle of another protocol is refused, with both named", async () => {
    installOtherHeddle(lab.folder)
    // A command that was given twice has closed it along with the settings.
    await openFile(page, 'analysis.ts')
    await runCommand(page, 'Notifications: Clear All Notifications')
    await until(async () => {
      if (logged('heddle protocol')) return true
      // Until VS Code has seen the folder's settings, there is no Node.
      await again((timeout) => lenses.first().click({ timeout }))
      return logged('heddle protocol')
    }, 'the cluster is refused')
    const told = (await (await notifications(page, 'heddle protocol')).first().textContent()) ?? ''
    assert.match(
      told,
      new RegExp(
        `heddle protocol ${PROTOCOL_VERSION} cannot talk to protocol ${OTHER_PROTOCOL}: .* is older\\. Use the same`,
      ),
    )
    await page
      .locator('.statusbar-item', { hasText: /^ ?Heddle$/ })
      .first()
      .waitFor()
  })

  await t.test('a language server that dies twice is started twice, and that is said once', async () => {
    await runCommand(page, 'Notifications: Clear All Notifications')
    for (let deaths = 0; deaths < 2; deaths++) {
      const [dies] = lab.languageServers()
      process.kill(dies, 'SIGKILL')
      await until(() => lab.languageServers().some((pid) => pid !== dies), 'another server runs')
      // The lenses of the one that died may still stand there.
      await until(() => timesLogged('the language server runs again') > deaths, 'it answers')
      await settledLenses(page, /▷ Run$/, 3)
    }
    const said = await notifications(page, 'The Heddle language server')
    assert.equal(await said.count(), 1)
    assert.match((await said.textContent()) ?? '', /The Heddle language server had to be started again\./)
  })
})

/** Puts a heddle into the folder that is this one but for its protocol. */
function installOtherHeddle(folder: string): void {
  const package_ = join(folder, 'node_modules', 'heddle')
  cpSync(join(root, 'dist', 'runtime'), package_, { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(package_, 'node_modules'))
  const chunks = join(package_, 'dist', 'chunks')
  const told = new RegExp(`PROTOCOL_VERSION\\s*=\\s*${PROTOCOL_VERSION};`)
  const holding = readdirSync(chunks)
    .map((name) => join(chunks, name))
    .filter((file) => file.endsWith('.js') && told.test(readFileSync(file, 'utf8')))
  assert.equal(holding.length, 1)
  writeFileSync(
    holding[0],
    readFileSync(holding[0], 'utf8').replace(told, `PROTOCOL_VERSION=${OTHER_PROTOCOL};`),
  )
}
