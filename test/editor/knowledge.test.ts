// What the language server knows, and what is told of runs, in the real workbench: hovers, diagnostics with their fixes, reports, the walkthrough.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Locator } from 'playwright-core'
import { goToLine, hoverAtCursor, suggestion, takeFix } from './cursor.ts'
import { EVERY_MISTAKE } from './everyMistake.ts'
import { type Lab, openLab, until } from './kit.ts'
import {
  codeLens,
  editorTab,
  insideWebview,
  lineText,
  openFile,
  runCommand,
  settledLenses,
} from './workbench.ts'

describe('the language server in a real VS Code', { concurrency: false }, () => {
  let lab: Lab

  before(async () => {
    lab = await openLab()
    await lab.open('mistakes.ts')
    await settledLenses(lab.page, /▷ Run$/, 2)
    await runCommand(lab.page, 'Heddle: Set Up This Folder')
  })
  after(async () => {
    await lab?.close()
  })

  const line = (text: string): Locator => lab.page.locator('.view-line', { hasText: text }).first()
  const pick = (text: string | RegExp): Locator =>
    lab.page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: text })

  test('a hover tells what a collection is and what its task takes along', async () => {
    const { page } = lab
    await goToLine(page, 'const doubled', 'Home')
    await page.keyboard.press('Control+ArrowRight')
    await page.keyboard.press('Control+ArrowRight')
    await hoverAtCursor(page, '4 partitions', 'made by')
    await lab.picture('hover')
    await page.keyboard.press('Escape')
  })

  test('a mistake is underlined with its code, and its fix mends it', async () => {
    const { page } = lab
    await runCommand(page, 'Problems: Focus on Problems View')
    const problem = (code: string): Locator =>
      page.locator('.markers-panel .monaco-list-row', { hasText: code }).first()
    for (const code of ['assigns-capture', 'cannot-travel', 'missing-await', 'awaits-in-sequence'])
      await problem(code).waitFor()
    await lab.picture('diagnostics')
    await runCommand(page, 'View: Toggle Panel Visibility')
    await takeFix(page, () => goToLine(page, 'doubled.count().compute()', 'Home'), 'Add await')
    await line('await doubled.count().compute()').waitFor()
    await runCommand(page, 'Problems: Focus on Problems View')
    await until(async () => (await problem('missing-await').count()) === 0, 'the mistake is gone')
    await runCommand(page, 'View: Toggle Panel Visibility')
    await runCommand(page, 'File: Revert File')
  })

  test('every mistake is underlined and told of, through other files too, and every fix mends its line', async () => {
    const { page } = lab
    await lab.setting('editor.codeLens', false)
    try {
      await openFile(page, 'everyMistake.ts')
      await until(async () => (await page.locator('.codelens-decoration').count()) === 0, 'no lens is left')
      await runCommand(page, 'Problems: Focus on Problems View')
      await runCommand(page, 'View: Toggle Maximized Panel')
      const problems = page.locator('.markers-panel .monaco-list-row')
      for (const { code } of EVERY_MISTAKE) await problems.filter({ hasText: code }).first().waitFor()
      // To where nothing tells of itself: the empty middle of the status bar.
      await page.mouse.move(700, 784, { steps: 4 })
      await lab.picture('everyMistake', 1000)
      await runCommand(page, 'View: Toggle Maximized Panel')
      await runCommand(page, 'View: Toggle Panel Visibility')
      for (const { code, line: text } of EVERY_MISTAKE) {
        await until(async () => {
          const row = await line(text).boundingBox()
          const tops = await page
            .locator('.view-overlays [class*="squiggly-"]')
            .evaluateAll((all: Element[]) =>
              all.map(
                (each) =>
                  (each as unknown as { getBoundingClientRect(): { y: number } }).getBoundingClientRect().y,
              ),
            )
          return row !== null && tops.some((top) => top >= row.y - 1 && top <= row.y + row.height)
        }, `${code}: its line is underlined`)
      }
      for (const { line: text, fix, fixed } of EVERY_MISTAKE) {
        if (!fix || !fixed) continue
        await takeFix(page, () => goToLine(page, text, 'Home'), fix)
        await line(fixed).waitFor()
      }
      await runCommand(page, 'File: Revert File')
    } finally {
      await lab.setting('editor.codeLens', true)
    }
  })

  test('a hover tells the columns of a table after its steps', async () => {
    const { page } = lab
    await goToLine(page, 'const totals', 'Home')
    await page.keyboard.press('Control+ArrowRight')
    await page.keyboard.press('Control+ArrowRight')
    await hoverAtCursor(page, /columns: origin string, worst \w+/)
    await lab.picture('hoverColumns')
    await page.keyboard.press('Escape')
  })

  test('columns and axes are offered where they are typed', async () => {
    const { page } = lab
    await goToLine(page, "load().groupBy('orign')", 'End')
    await page.keyboard.type("\nload().groupBy('d")
    await suggestion(page, 'delay')
    await lab.picture('columns')
    await page.keyboard.press('Escape')
    await page.keyboard.press('End')
    await page.keyboard.type("\narray.fromZarr('era.zarr').sum(")
    await runCommand(page, 'Trigger Suggest')
    await suggestion(page, 'time')
    await page.keyboard.press('Escape')
    await runCommand(page, 'File: Revert File')
  })

  test('two runs are compared line by line', async () => {
    const { page } = lab
    await openFile(page, 'cells.ts')
    const run = (await settledLenses(page, /▷ Run$/, 2)).first()
    for (const change of ['', ' + 1']) {
      if (change) {
        await goToLine(page, 'n * n', 'End')
        await page.keyboard.press('ArrowLeft')
        await page.keyboard.type(change)
      }
      await run.click()
      await lineText(page, change ? /^= 2646900 · [^a-z]*m?s$/ : /^= 2646700 · [^a-z]*m?s$/)
    }
    await runCommand(page, 'Heddle: Compare Runs…')
    await pick('squares.sum()').first().click()
    await page.locator('.quick-input-widget:visible', { hasText: 'with which run?' }).waitFor()
    await pick('squares.sum()').first().click()
    await editorTab(page, /Two runs compared/).waitFor()
    const preview = page.locator('iframe.webview.ready[src*="markdown-language-features"]')
    const table = insideWebview(preview.first()).locator('table')
    await table.locator('tr', { hasText: 'whole run' }).waitFor()
    const costs = (await table.locator('tr', { hasText: 'cells.ts:6' }).textContent()) ?? ''
    assert.match(costs, /24 tasks.*24 tasks/s)
    const code = insideWebview(preview.first()).locator('li', { hasText: 'cells.ts:6' })
    assert.match((await code.textContent()) ?? '', /squares\.sum\(\)/)
    await runCommand(page, 'View: Close Editors in Other Groups')
  })

  test('the walkthrough shows its steps with their pictures, and its links do what they say', async () => {
    const { page } = lab
    // VS Code leaves the pictures out where there is little room.
    await runCommand(page, 'View: Toggle Primary Side Bar Visibility')
    await runCommand(page, 'Welcome: Open Walkthrough...')
    await pick('Heddle in ten minutes').click()
    const steps = page.locator('.getting-started-step')
    await steps.first().waitFor()
    assert.equal(await steps.count(), 6)
    await steps.filter({ hasText: 'Click ▷ Run' }).click()
    const image = page.locator('.getting-started-media img')
    await image.waitFor()
    const width = await image.evaluate(
      (element) => (element as unknown as { naturalWidth: number }).naturalWidth,
    )
    assert.ok(width > 600, `the picture is ${width} pixels wide`)
    await steps.filter({ hasText: 'Write something to compute' }).click()
    await page.getByRole('button', { name: 'New Example' }).click()
    await editorTab(page, 'primes.ts').waitFor()
    await settledLenses(page, /▷ Run$/, 2)
    assert.equal(await codeLens(page, '▷ Run File').count(), 1)
  })
})
