// Data in the real workbench: an array as a picture, all rows saved, what a program holds, and its release.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Locator } from 'playwright-core'
import { type Lab, openLab, until } from './kit.ts'
import { codeLens, lineText, panelPage, runCommand, settledLenses } from './workbench.ts'

describe('data in a real VS Code', { concurrency: false }, () => {
  let lab: Lab

  before(async () => {
    lab = await openLab()
    await lab.open('data.ts')
    await settledLenses(lab.page, /▷ Run$/, 3)
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

  test('all rows of a result are saved where the user says', async () => {
    const { page } = lab
    await codeLens(page, /▷ Run$/)
      .nth(2)
      .click()
    const results = await panelPage(page, 'results')
    await results.getByText('The first 1,000 of 1,500 rows').waitFor()
    await results.getByRole('button', { name: 'Save all rows…' }).click()
    const input = page.locator('.quick-input-widget:visible')
    await input.locator('.monaco-list-row', { hasText: 'CSV' }).first().click()
    // The dialog for the file comes in the place of the choice of a format, and has a name ready.
    const name = input.locator('input[type="text"]')
    const file = join(lab.folder, 'rows.csv')
    await until(async () => (await name.inputValue()) === file, 'a name is offered')
    await input.getByRole('button', { name: 'OK' }).click()
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
    const lens = codeLens(page, /^kept holds [\d.]+ .B · release$/)
    await lens.waitFor()
    await lab.picture('data', 1000)
    await lens.click()
    await page.getByRole('button', { name: 'Release', exact: true }).click()
    await until(async () => (await row.count()) === 0, 'it is gone')
    await until(async () => (await lens.count()) === 0, 'nothing is said to be held')
    await runCommand(page, 'Heddle: Cancel Run')
  })
})
