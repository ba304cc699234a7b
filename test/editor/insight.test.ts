// What Heddle knows of code and of runs, in the real workbench: costs of lines, history, reports, cells, diagnostics, hovers.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Locator } from 'playwright-core'
import { type Lab, openLab, until } from './kit.ts'
import { codeLens, editorTab, lineText, panelPage, runCommand, settledLenses } from './workbench.ts'

describe('in a real VS Code', { concurrency: false }, () => {
  let lab: Lab

  before(async () => {
    lab = await openLab()
    await lab.open('cells.ts')
  })
  after(async () => {
    await lab?.close()
  })

  const statusBar = (text: RegExp): Locator => lab.page.locator('.statusbar-item', { hasText: text }).first()
  const treeRow = (text: string | RegExp): Locator =>
    lab.page.locator('.customview-tree .monaco-list-row', { hasText: text }).first()
  /** The text of the editor that shows a report. */
  const report = (text: string | RegExp): Locator =>
    lab.page.locator('.view-lines', { hasText: text }).first()

  async function openFile(name: string): Promise<void> {
    const { page } = lab
    await page.keyboard.press('Control+P')
    await page.locator('.quick-input-widget:visible input').fill(name)
    await page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: name }).first().click()
    await editorTab(page, name).first().waitFor()
  }

  test('a cell runs by its lens, and its value stands beside its last line', async () => {
    const { page } = lab
    await settledLenses(page, '▷ Run Cell', 2)
    assert.equal(await codeLens(page, 'Run Above').count(), 1)
    await codeLens(page, '▷ Run Cell').nth(1).click()
    assert.match(await lineText(page, /^= /), /^= 39602 · /)
  })

  test('after a run each line says what it cost', async () => {
    const { page } = lab
    await codeLens(page, /▷ Run$/)
      .first()
      .click()
    assert.match(await lineText(page, /^= 2646700/), /^= 2646700 · /)
    const cost = codeLens(page, /\d+ tasks? · [\d.<]+ m?s/)
    await cost.first().waitFor()
    assert.match((await cost.first().textContent()) ?? '', /^\d+ tasks? · < ?\d+ ms|^\d+ tasks? · [\d.]+ m?s/)
    await lab.picture('costs')
  })

  test('a result of code that was changed says so, until the change is taken back', async () => {
    const { page } = lab
    await page.locator('.view-line', { hasText: 'n * n' }).first().click()
    await page.keyboard.press('End')
    await page.keyboard.type(' // a note')
    await page.keyboard.press('Home')
    for (const key of ['Control+ArrowRight', 'Control+ArrowRight']) await page.keyboard.press(key)
    await page.locator('.view-line', { hasText: 'a note' }).first().waitFor()
    assert.match(await lineText(page, /^= 2646700/), /ms$|s$/)
    await runCommand(page, 'Undo')
    await page.locator('.view-line', { hasText: 'range(200' }).first().click()
    await page.keyboard.press('End')
    await page.keyboard.type('.filter((n) => n > 3)')
    await lineText(page, /^= 2646700 · .* · of the code before its change$/)
    await lab.picture('changed')
    await runCommand(page, 'Undo')
    await until(async () => {
      await page.keyboard.press('Control+Z')
      return (await lineText(page, /^= 2646700/)).endsWith('s')
    }, 'the result is that of the code again')
    await runCommand(page, 'File: Revert File')
  })

  test('the view of runs lists them with outcome, time and lines, and runs one again', async () => {
    const { page } = lab
    await page.locator('.activitybar .action-label[aria-label^="Heddle"]').click()
    await treeRow('squares.sum().compute()').waitFor()
    await treeRow('largest').waitFor()
    await treeRow('squares.sum().compute()').locator('.monaco-tl-twistie').click()
    await treeRow(/^line \d+.*tasks/).waitFor()
    await lab.picture('history')
    await treeRow('squares.sum().compute()').hover()
    await treeRow('squares.sum().compute()').locator('.action-label[aria-label^="Run Again"]').click()
    await until(
      async () =>
        (await page
          .locator('.customview-tree .monaco-list-row', { hasText: 'squares.sum().compute()' })
          .count()) > 1,
      'it is there twice',
    )
  })

  test('two runs are compared line by line', async () => {
    const { page } = lab
    const rows = page.locator('.customview-tree .monaco-list-row', { hasText: 'squares.sum().compute()' })
    await rows.nth(0).click()
    await rows.nth(1).click({ modifiers: ['Control'] })
    await runCommand(page, 'Heddle: Compare Runs')
    await report('whole run').waitFor()
    await lab.picture('compare')
    await runCommand(page, 'View: Close Editors in Other Groups')
    await runCommand(page, 'View: Toggle Primary Side Bar Visibility')
  })

  test('mistakes are underlined with their explanation, and one is mended by a click', async () => {
    const { page } = lab
    await openFile('mistakes.ts')
    await page.locator('.squiggly-warning').first().waitFor()
    await runCommand(page, 'Problems: Focus on Problems View')
    const problem = (text: string): Locator =>
      page.locator('.markers-panel .monaco-list-row', { hasText: text }).first()
    for (const code of [
      'assigns-capture',
      'cannot-travel',
      'missing-await',
      'awaits-in-sequence',
      'collection-as-value',
    ])
      await problem(code).waitFor()
    await lab.picture('diagnostics')
    await problem('missing-await').dblclick()
    await page.keyboard.press('Control+.')
    await page.locator('.action-widget .monaco-list-row', { hasText: 'Add await' }).first().click()
    await until(async () => (await problem('missing-await').count()) === 0, 'it is mended')
    await runCommand(page, 'View: Toggle Panel Visibility')
  })

  test('a hover tells what a collection is, and what a function takes along', async () => {
    const { page } = lab
    const hover = async (line: string, word: string): Promise<string> => {
      const found = page.locator('.view-line', { hasText: line }).first().getByText(word, { exact: true })
      await found.first().hover()
      const shown = page.locator('.monaco-hover:visible', { hasText: /bag|Runs as tasks/ }).first()
      await shown.waitFor()
      return (await shown.textContent()) ?? ''
    }
    assert.match(await hover('const numbers', 'numbers'), /bag · 4 partitions/)
    await lab.picture('hover')
    await page.mouse.move(5, 5)
    await page.locator('.monaco-hover:visible').first().waitFor({ state: 'hidden' })
    assert.match(await hover('const doubled', 'map'), /Runs as tasks of map\(\)/)
  })

  test('Why? tells what a run waits for', async () => {
    const { page } = lab
    await openFile('endless.ts')
    await (await settledLenses(page, /▷ Run$/, 1)).first().click()
    await codeLens(page, 'Why?').first().click()
    await report("isn't it running?").waitFor()
    await report(/could run/).waitFor()
    await lab.picture('why')
    await runCommand(page, 'View: Close Editors in Other Groups')
  })

  test('workers come and go, and the death of one is explained', async () => {
    const { page } = lab
    await runCommand(page, 'Heddle: Add a Worker')
    await statusBar(/2 workers/).waitFor()
    lab.killWorker()
    await page.locator('.activitybar .action-label[aria-label^="Heddle"]').click()
    await treeRow(/gone: /).waitFor()
    await lab.picture('clusters')
    await treeRow(/gone: /).hover()
    await treeRow(/gone: /)
      .locator('.action-label[aria-label^="Why Did"]')
      .click()
    await report(/The cluster says: .*SIGKILL/).waitFor()
    await lab.picture('workerDeath')
    await runCommand(page, 'View: Close Editors in Other Groups')
    await runCommand(page, 'View: Toggle Primary Side Bar Visibility')
  })

  test('Restart Cluster ends the run and starts a new cluster', async () => {
    const { page } = lab
    const before = lab.processes().length
    assert.ok(before > 0)
    await runCommand(page, 'Heddle: Restart Cluster')
    await statusBar(/1 worker · 0\/2 busy/).waitFor()
  })

  test('Run File runs all, and each call says what it did', async () => {
    const { page } = lab
    await openFile('cells.ts')
    await runCommand(page, 'Heddle: Run File')
    assert.match(await lineText(page, /^✓ /), /^✓ [\d,]+\/[\d,]+ · /)
  })

  test('Open Dashboard in Browser opens the page of the cluster', async () => {
    const { page } = lab
    const opened = page.context().waitForEvent('page')
    await runCommand(page, 'Heddle: Open Dashboard in Browser')
    const dialog = page.locator('.monaco-dialog-box')
    const tab = await Promise.race([opened, dialog.waitFor().then(() => undefined)])
    if (!tab) await dialog.getByRole('button', { name: 'Open', exact: true }).click()
    const dashboard = tab ?? (await opened)
    await dashboard.getByText('Tasks a second').first().waitFor()
    await dashboard.close()
  })

  test('panels heed high contrast', async () => {
    const { page } = lab
    await runCommand(page, 'Heddle: Show Workers')
    const inside = await panelPage(page, 'workers')
    await inside.getByText('w0').first().waitFor()
    await lab.setting('workbench.colorTheme', 'Default High Contrast')
    await page.locator('.monaco-workbench.hc-black').waitFor()
    const background = (): Promise<string> =>
      inside.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor)
    await until(async () => (await background()) === 'rgb(0, 0, 0)', 'the panel is black')
    await lab.picture('highContrast', 3000)
    await lab.setting('workbench.colorTheme', 'Default Light Modern')
    await page.locator('.monaco-workbench.vs').waitFor()
  })

  test('the walkthrough has its steps and pictures', async () => {
    const { page } = lab
    await runCommand(page, 'View: Close Editors in Other Groups')
    await runCommand(page, 'Welcome: Open Walkthrough')
    await page
      .locator('.quick-input-widget:visible .monaco-list-row', { hasText: 'Heddle in ten minutes' })
      .first()
      .click()
    await page.locator('.getting-started-step', { hasText: 'Click ▷ Run' }).first().click()
    await lab.picture('walkthrough', 1500)
  })
})
