// Data in the real workbench: an array as a picture, all rows saved, what a program holds, and its release.

import assert from 'node:assert/strict'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Locator } from 'playwright-core'
import { type Lab, openLab, root, until } from './kit.ts'
import {
  again,
  codeLens,
  lineText,
  notifications,
  openFile,
  panelPage,
  runCommand,
  saveAs,
  settledLenses,
  widenSideBar,
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

  test('names of eighty characters are told whole to a screen reader, and the keyboard does what the mouse does', async () => {
    const { page } = lab
    const held = 'förseningarFrånAllaFlygplatserOchFlygbolagUnderHelaÅret2026_inMinutes_sorted_v2'
    const task = 'väntarPåAllaFörseningarFrånAllaFlygplatserOchFlygbolagUnderHelaÅret_2026_v2'
    await openFile(page, 'longNames.ts')
    await (await settledLenses(page, '▷ Run File', 1)).click()
    await treeRow(/^förseningarFrånAlla…es_sorted_v2 ?[\d.]+ kB · longNames\.ts:8 · 2 parts/).waitFor()
    await treeRow(/^väntarPåAllaFörseni…Året_2026_v2 ?.*thread \d/).waitFor()
    await widenSideBar(page, 90)
    await lab.picture('longNames', 500)
    /** What is heard of the row that has the focus, once it is that. */
    const heard = async (words: RegExp, timeout: number): Promise<void> => {
      const row = page.locator('.monaco-list:focus .monaco-list-row.focused')
      await until(async () => words.test((await row.getAttribute('aria-label')) ?? ''), `${words}`, timeout)
    }
    const goTo = async (view: string, ...rows: RegExp[]): Promise<void> =>
      await again(async (timeout) => {
        await runCommand(page, `Focus on ${view} View`)
        await page.keyboard.press('Home')
        for (const [i, words] of rows.entries()) {
          if (i > 0) await page.keyboard.press('ArrowDown')
          await heard(words, timeout)
        }
      })
    await goTo(
      'Cluster',
      /^Local cluster, 1 worker$/,
      /^w0 on .*1 of 2 threads busy/,
      new RegExp(`^${task}, `),
    )
    await goTo('Data', new RegExp(`^${held}, [\\d.]+ kB, longNames\\.ts:8, 2 parts$`))
    const menu = page.locator('.monaco-menu .action-label')
    await page.keyboard.press('Shift+F10')
    await menu.filter({ hasText: 'Release Data' }).waitFor()
    await page.keyboard.press('Escape')
    await goTo(
      'Runs',
      /^longNames\.ts, running, /,
      /^data\.ts, cancelled, /,
      /^kept\.filter\(.*1500\)\.compute\(\), finished, /,
    )
    await page.keyboard.press('Enter')
    await page.locator('.statusbar-item', { hasText: 'Ln 7, ' }).waitFor()
    await goTo('Runs', /^longNames\.ts, running, /)
    await page.keyboard.press('Shift+F10')
    await menu.filter({ hasText: 'Cancel Run' }).waitFor()
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await until(async () => (await treeRow(held.slice(0, 19)).count()) === 0, 'nothing is held')
    await goTo('Runs', /^longNames\.ts, cancelled, /)
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
