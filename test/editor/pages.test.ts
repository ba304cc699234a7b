// A data frame of two million rows in the real workbench: pages come while it is scrolled, sorted and filtered as a whole, and all of it is saved.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { FrameLocator } from 'playwright-core'
import { type Lab, openLab, until } from './kit.ts'
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

describe('pages of a data frame in a real VS Code', { concurrency: false }, () => {
  let lab: Lab
  let results: FrameLocator

  before(async () => {
    lab = await openLab()
    await lab.open('pages.ts')
    await settledLenses(lab.page, /▷ Run$/, 1)
    await runCommand(lab.page, 'Heddle: Set Up This Folder')
    await codeLens(lab.page, /▷ Run$/).click()
    results = await panelPage(lab.page, 'results')
    await results.getByText('2,000,000 rows', { exact: true }).waitFor()
  })
  after(async () => {
    await lab?.close()
  })

  const cell = (text: string) => results.getByRole('cell', { name: text, exact: true }).first()
  const scrollTo = (part: number): Promise<void> =>
    results.locator('.grid-scroller').evaluate((grid, where) => {
      grid.scrollTop = where * (grid.scrollHeight - grid.clientHeight)
    }, part)

  test('scrolled to its middle and its end, their rows come', async () => {
    await cell('1').waitFor()
    await scrollTo(0.5)
    await until(async () => {
      const texts = await results.locator('td.row-number + td').allTextContents()
      return texts.length > 5 && texts.every((text) => /^(99|100)\d{4,5}$/.test(text))
    }, 'rows of the middle are there')
    await scrollTo(1)
    await cell('1999999').waitFor()
    await lab.picture('resultsPages', 500)
  })

  test('a click on a column sorts all rows, a word filters all rows', async () => {
    const head = results.getByRole('button', { name: 'minutes' })
    await head.click()
    await head.click()
    await scrollTo(0)
    await until(
      async () =>
        (await results.locator('tbody tr:not(.gap) td:nth-child(3)').first().textContent()) === '999',
      'the largest stand first',
    )
    const filter = results.locator('vscode-textfield input')
    await filter.fill('pun')
    await results.getByText('666,666 of 2,000,000 rows', { exact: true }).waitFor()
    await until(async () => {
      const cities = await results.locator('tbody tr:not(.gap) td:nth-child(4)').allTextContents()
      const there = new Set(cities.filter((text) => text !== '…'))
      return there.size === 1 && there.has('Pune')
    }, 'rows of Pune are there, and no others')
    await lab.picture('resultsPagesFiltered', 500)
  })

  test('what is being sorted shows that it goes on, and Cancel goes back to what was there', async () => {
    const status = results.locator('.table-tools [role="status"]')
    const isCalm = async (): Promise<boolean> => (await status.textContent()) === '666,666 of 2,000,000 rows'
    await until(isCalm, 'no page is on its way')
    const first = await results.locator('tbody tr:not(.gap) td:nth-child(2)').first().textContent()
    const bar = results.getByRole('progressbar', { name: 'Looking through all rows' })
    await lab.holdWorkers(async () => {
      await results.getByRole('button', { name: 'city' }).click()
      await bar.waitFor()
      await lab.picture('resultsSorting')
      await results.getByRole('button', { name: 'Cancel' }).click()
      await until(async () => (await bar.count()) === 0, 'nothing goes on')
    })
    await until(isCalm, 'it shows what was there')
    assert.equal(await results.locator('tbody tr:not(.gap) td:nth-child(2)').first().textContent(), first)
  })

  for (const [label, ending, begins] of [
    ['CSV', 'csv', 'trip,minutes,city'],
    ['Parquet', 'parquet', 'PAR1'],
    ['Arrow', 'arrow', 'ARROW1'],
  ] as const)
    test(`all rows are saved as ${label}`, async () => {
      const { page } = lab
      await results.getByRole('button', { name: 'Save all rows…' }).click()
      await page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: label }).first().click()
      const file = join(lab.folder, `rows.${ending}`)
      await saveAs(page, file)
      await results.getByText(`2,000,000 rows are saved in ${file}`).waitFor()
      const content = readFileSync(file)
      assert.equal(String(content.subarray(0, begins.length)), begins)
      if (label === 'CSV') assert.equal(String(content).trimEnd().split('\n').length, 2_000_001)
    })

  test('an export that is cancelled leaves no file, and says so', async () => {
    const { page } = lab
    const saved = (): string[] => readdirSync(lab.folder).filter((name) => name.startsWith('rows'))
    for (const name of saved()) rmSync(join(lab.folder, name))
    await openFile(page, 'slowRows.ts')
    await (await settledLenses(page, /▷ Run$/, 1)).first().click()
    await results.getByText('40 rows', { exact: true }).waitFor()
    await results.getByRole('button', { name: 'Save all rows…' }).click()
    await page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: 'Parquet' }).first().click()
    await saveAs(page, join(lab.folder, 'rows.parquet'))
    // The expression runs again, which takes its time.
    await lineText(page, /^[▁▂▃▄▅▆▇]{8} \d+\//)
    await lab.holdWorkers(() => runCommand(page, 'Heddle: Cancel Run'))
    await notifications(page, 'rows.parquet was not saved: it was cancelled.')
    await lab.picture('exportCancelled', 500)
    assert.deepEqual(saved(), [])
  })
})
