// What Heddle knows of runs, in the real workbench: cells, costs of lines, results of changed code, history.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Locator } from 'playwright-core'
import { goToLine, hoverAtCursor } from './cursor.ts'
import { type Lab, openLab, until } from './kit.ts'
import {
  clickOnRow,
  codeLens,
  lineText,
  lineTexts,
  openFile,
  panelPage,
  pickFromMenu,
  runCommand,
  settledLenses,
  widenSideBar,
} from './workbench.ts'

describe('in a real VS Code', { concurrency: false }, () => {
  let lab: Lab

  before(async () => {
    lab = await openLab()
    await lab.open('cells.ts')
  })
  after(async () => {
    await lab?.close()
  })

  const treeRow = (text: string | RegExp): Locator =>
    lab.page.locator('.customview-tree .monaco-list-row', { hasText: text }).first()

  test('the folder is set up', async () => {
    const { page } = lab
    await page.locator('.squiggly-error').first().waitFor()
    await runCommand(page, 'Heddle: Set Up This Folder')
    await until(async () => (await page.locator('.squiggly-error').count()) === 0, 'nothing is underlined')
  })

  test('Run Above runs the cells in front of one alone', async () => {
    const { page } = lab
    await (await settledLenses(page, 'Run Above', 1)).click()
    await lineText(page, /^= 2646700 · /)
    assert.equal((await lineTexts(page)).length, 1)
  })

  test('a cell runs by its lens, and its value stands beside its last line', async () => {
    const { page } = lab
    await settledLenses(page, '▷ Run Cell', 2)
    assert.equal(await codeLens(page, 'Run Above').count(), 1)
    await codeLens(page, '▷ Run Cell').nth(1).click()
    await lineText(page, /^= 39602 · /)
  })

  test('Run All runs every cell, and each computation says what it did', async () => {
    const { page } = lab
    await (await settledLenses(page, 'Run All', 1)).click()
    await until(async () => {
      const texts = await lineTexts(page)
      return texts.length === 2 && texts.every((text) => /^✓ 24\/24 · /.test(text))
    }, 'both cells were run')
    await lab.picture('cells')
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
    await until(async () => (await codeLens(page, 'Cancel').count()) === 0, 'a run that is over has no lens')
    await until(async () => (await cost.count()) === 2, 'both lines say it')
    await lab.picture('costs')
  })

  test('a hover tells how many tasks a collection takes, and what they took in the last run', async () => {
    const { page } = lab
    await goToLine(page, 'n * n', 'Home')
    for (const key of ['Control+ArrowRight', 'Control+ArrowRight']) await page.keyboard.press(key)
    await hoverAtCursor(page, 'made by', / · \d+ tasks/, /last run, at [\d:]{8}: \d+ tasks? · /)
    await lab.picture('lastRun')
    await page.keyboard.press('Escape')
  })

  test('a result of code that was changed says so, until the change is taken back', async () => {
    const { page } = lab
    await goToLine(page, 'n * n', 'End')
    await page.keyboard.type(' // a note')
    await page.keyboard.press('Home')
    for (const key of ['Control+ArrowRight', 'Control+ArrowRight']) await page.keyboard.press(key)
    await page.locator('.view-line', { hasText: 'a note' }).first().waitFor()
    // Half of a note is a change.
    await lineText(page, /^= 2646700 · [^a-z]*m?s$/)
    await runCommand(page, 'Undo')
    await goToLine(page, 'range(200', 'End')
    await page.keyboard.type('.filter((n) => n > 3)')
    await lineText(page, /^= 2646700 · .* · of the code before its change$/)
    await lab.picture('changed')
    await runCommand(page, 'Undo')
    await until(async () => {
      await page.keyboard.press('Control+Z')
      return (await lineText(page, /^= 2646700/)).endsWith('s')
    }, 'the result is that of the code again')
    await runCommand(page, 'File: Save')
  })

  test('the view of runs lists them with outcome, time and lines, and runs one again', async () => {
    const { page } = lab
    await page.locator('.activitybar .action-label[aria-label^="Heddle"]').click()
    await treeRow('squares.sum().compute()').waitFor()
    await treeRow('largest').waitFor()
    await treeRow('squares.sum().compute()').locator('.monaco-tl-twistie').click()
    await treeRow(/^line \d+.*tasks/).waitFor()
    await widenSideBar(page, 90)
    await lab.picture('history')
    await clickOnRow(treeRow('squares.sum().compute()'), 'Run Again')
    // What begins after results were asked for is shown in their place: it is waited for until it is over.
    const over = /^squares\.sum\(\)\.compute\(\) ?[\d.]+ m?s · /
    await until(
      async () => (await page.locator('.customview-tree .monaco-list-row', { hasText: over }).count()) > 1,
      'it is there twice, and over',
    )
  })

  test('Open Results of an earlier run shows the results of that run', async () => {
    const { page } = lab
    const results = await pickFromMenu(page, treeRow(/^largest/), 'Open Results', (ms) =>
      panelPage(page, 'results', ms),
    )
    await results.getByText('39602', { exact: true }).waitFor()
    await lab.picture('openResults', 500)
    await runCommand(page, 'View: Toggle Panel Visibility')
  })

  test('a cell of an earlier run runs again by itself', async () => {
    const { page } = lab
    await clickOnRow(treeRow(/^largest/), 'Run Again')
    const over = /^largest ?[\d.]+ m?s · .*cells\.ts:8/
    await until(
      async () => (await page.locator('.customview-tree .monaco-list-row', { hasText: over }).count()) > 1,
      'it is there twice, and over',
    )
    await lineText(page, /^= 39602 · /)
  })

  test('Run File runs all of it, and each computation says what it did', async () => {
    const { page } = lab
    await codeLens(page, '▷ Run File').click()
    await lineText(page, /^✓ [\d,]+\/[\d,]+ · /)
    await until(async () => {
      const texts = await lineTexts(page)
      return texts.length === 2 && texts.every((text) => /^✓ [\d,]+\/[\d,]+ · /.test(text))
    }, 'both computations say it, and what stood there of earlier runs is gone')
  })

  test('after a run that goes on for a while lines say how much time they took, until the file changes', async () => {
    const { page } = lab
    await openFile(page, 'profile.ts')
    await (await settledLenses(page, /▷ Run$/, 1)).first().click()
    await lineText(page, /^[\d.]+ m?s · \d+ %$/)
    await codeLens(page, /^24 tasks|^\d+ tasks · /)
      .first()
      .waitFor()
    await lab.picture('lineTimes', 500)
    await goToLine(page, 'let mixed', 'End')
    await page.keyboard.type(' + 1')
    await lineText(page, /^[\d.]+ m?s · \d+ % · before the change$/)
    assert.ok(
      (await lineTexts(page)).every((text) => !/%$/.test(text)),
      'no line says it as if it were so now',
    )
    await lab.picture('lineTimesChanged', 500)
    await runCommand(page, 'File: Revert File')
  })
})
