// Published datasets in the real workbench: they stand in the view of data beside what programs hold, stay after their program, and are unpublished by hand.

import { after, before, describe, test } from 'node:test'
import type { Locator } from 'playwright-core'
import { type Lab, openLab, until } from './kit.ts'
import { clickOnRow, codeLens, runCommand, settledLenses, widenSideBar } from './workbench.ts'

describe('datasets in a real VS Code', { concurrency: false }, () => {
  let lab: Lab

  before(async () => {
    lab = await openLab()
    await lab.open('datasets.ts')
    await settledLenses(lab.page, '▷ Run File', 1)
    await runCommand(lab.page, 'Heddle: Set Up This Folder')
  })
  after(async () => {
    await lab?.close()
  })

  const treeRow = (text: string | RegExp): Locator =>
    lab.page.locator('.customview-tree .monaco-list-row', { hasText: text }).first()
  const dataRows = (): Locator =>
    lab.page.locator('.customview-tree .monaco-list-row', { hasText: /datasets\.ts:\d+ · \d parts?/ })
  const people = (): Locator => treeRow(/^people.*published · datasets\.ts:4/)
  const squares = (): Locator => treeRow(/^squares.*[\d.]+ .B · published · datasets\.ts:9 · 4 parts/)
  const kept = (): Locator => treeRow(/^kept.*[\d.]+ .B · datasets\.ts:12 · 2 parts/)

  test('what is published and what is persisted is listed with its bytes', async () => {
    const { page } = lab
    await page.locator('.activitybar .action-label[aria-label^="Heddle"]').click()
    await codeLens(page, '▷ Run File').click()
    for (const row of [people(), squares(), kept()]) await row.waitFor()
    // What the program holds and has published stands once.
    await until(async () => (await dataRows().count()) === 3, 'three rows are there, not five')
    await codeLens(page, /^published as squares: [\d.]+ .B · release$/).waitFor()
    await widenSideBar(page, 90)
    await lab.picture('datasets', 1000)
  })

  test('what is published stays when its program ends; what it persisted goes', async () => {
    await runCommand(lab.page, 'Heddle: Cancel Run')
    await until(async () => (await kept().count()) === 0, 'what the program held is gone')
    for (const row of [people(), squares()]) await row.waitFor()
  })

  test('releasing what is published unpublishes it, after a question that says so', async () => {
    const { page } = lab
    await clickOnRow(squares(), 'Release Data')
    const dialog = page.locator('.monaco-dialog-box')
    await dialog.getByText('Release squares?').waitFor()
    await dialog
      .getByText(/Published as squares by the run of datasets\.ts, and held until it is unpublished/)
      .waitFor()
    await lab.picture('unpublish', 500)
    await dialog.getByRole('button', { name: 'Release', exact: true }).click()
    await until(async () => (await squares().count()) === 0, 'it is unpublished')
    await people().waitFor()
  })
})
