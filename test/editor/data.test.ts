// Data in the real workbench: an array as a picture, all rows saved, what a program holds, and its release.

import assert from 'node:assert/strict'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Locator } from 'playwright-core'
import { type Lab, openLab, root, until } from './kit.ts'
import {
  codeLens,
  lineText,
  notifications,
  openFile,
  panelPage,
  runCommand,
  saveAs,
  settledLenses,
} from './workbench.ts'

describe('data in a real VS Code', { concurrency: false }, () => {
  let lab: Lab

  before(async () => {
    lab = await openLab()
    await lab.open('data.ts')
    await settledLenses(lab.page, /▷ Run$/, 3)
    await runCommand(lab.page, 'Heddle: Set Up This Folder')
  })
  after(async () => {
    await lab?.close()
  })

  const treeRow = (text: string | RegExp): Locator =>
    lab.page.locator('.customview-tree .monaco-list-row', { hasText: text }).first()

  test('an array is drawn in the results', async () => {
    const { page } = lab
    await codeLens(page, /▷ Run$/)
      .first()
      .click()
    await lineText(page, /see Heddle Results$/)
    const results = await panelPage(page, 'results')
    await results.getByRole('img', { name: 'Heat map of float64, 3 × 40 × 60' }).waitFor()
    await results.getByRole('slider', { name: 'Place along axis 0' }).fill('2')
    await runCommand(page, 'View: Toggle Maximized Panel')
    await lab.picture('resultsArray', 1000)
    await runCommand(page, 'View: Toggle Maximized Panel')
  })

  test('the picture of an array is saved as PNG where the user says', async () => {
    const { page } = lab
    const results = await panelPage(page, 'results')
    await results.getByRole('button', { name: 'Save as PNG' }).click()
    const file = join(lab.folder, 'array.png')
    await saveAs(page, file)
    await notifications(page, 'array.png is saved.')
    const { width, height } = pngSize(file)
    assert.ok(width > 200 && height > 50, `a picture of ${width} × ${height}`)
    await runCommand(page, 'Notifications: Clear All Notifications')
  })

  test('all rows of a list come as it is scrolled, and are saved where the user says', async () => {
    const { page } = lab
    await codeLens(page, /▷ Run$/)
      .nth(2)
      .click()
    const results = await panelPage(page, 'results')
    await results.getByText('1,500 rows', { exact: true }).waitFor()
    await results.locator('.grid-scroller').evaluate((grid) => {
      grid.scrollTop = grid.scrollHeight
    })
    await results.getByRole('cell', { name: '2247001', exact: true }).waitFor()
    await results.getByRole('button', { name: 'Save all rows…' }).click()
    await page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: 'CSV' }).first().click()
    const file = join(lab.folder, 'rows.csv')
    await saveAs(page, file)
    await results.getByText(`1,500 rows are saved in ${file}`).waitFor()
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    assert.deepEqual([lines.length, lines[0], lines[1500]], [1501, 'n,square', '1499,2247001'])
    await runCommand(page, 'Notifications: Clear All Notifications')
  })

  test('what a running program holds is listed with its bytes, and released by hand', async () => {
    const { page } = lab
    await page.locator('.activitybar .action-label[aria-label^="Heddle"]').click()
    await codeLens(page, '▷ Run File').click()
    const row = treeRow(/^kept.*data\.ts:6 · 4 parts/)
    await row.waitFor()
    // It says more bytes until all parts are there, and is another lens each time.
    const lens = await settledLenses(page, /^kept holds [\d.]+ .B · release$/, 1)
    await lab.picture('data', 1000)
    await lens.click()
    await page.getByRole('button', { name: 'Release', exact: true }).click()
    await until(async () => (await row.count()) === 0, 'it is gone')
    await until(async () => (await lens.count()) === 0, 'nothing is said to be held')
    await runCommand(page, 'Heddle: Cancel Run')
  })

  test('what learns has a line for each of its numbers, which are saved as one PNG', async () => {
    const { page } = lab
    await openFile(page, 'learn.ts')
    await (await settledLenses(page, '▷ Run File', 1)).click()
    await runCommand(page, 'Heddle: Show Results')
    const results = await panelPage(page, 'results')
    const curve = results.getByRole('region', { name: /^GradientBoostingRegressor: round/ })
    await curve.getByText(/ended after round/).waitFor()
    await lab.picture('resultsCurve', 1000)
    await curve.getByRole('button', { name: 'Save as PNG' }).click()
    const file = join(lab.folder, 'curve.png')
    await saveAs(page, file)
    await notifications(page, 'curve.png is saved.')
    const { width, height } = pngSize(file)
    assert.ok(width > 200 && height > 100, `a picture of ${width} × ${height}`)
    if (process.env.HEDDLE_SCREENSHOTS) cpSync(file, join(root, 'docs', 'screenshots', 'savedCurve.png'))
  })
})

/** As a PNG file says it. */
function pngSize(file: string): { width: number; height: number } {
  const bytes = readFileSync(file)
  assert.equal(bytes.toString('latin1', 1, 4), 'PNG')
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
}
