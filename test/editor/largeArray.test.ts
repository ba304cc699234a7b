// A large array in the real workbench: it stays on the cluster, and what somebody looks closer at is cut out there.

import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Lab, openLab } from './kit.ts'
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

describe('a large array in a real VS Code', { concurrency: false }, () => {
  let lab: Lab

  before(async () => {
    lab = await openLab()
    await lab.open('largeArray.ts')
    await settledLenses(lab.page, /▷ Run$/, 1)
    await runCommand(lab.page, 'Heddle: Set Up This Folder')
  })
  after(async () => {
    await lab?.close()
  })

  test('it is drawn finer where somebody looks closer, and lines are of all elements', async () => {
    const { page } = lab
    await codeLens(page, /▷ Run$/)
      .first()
      .click()
    await lineText(page, /see Heddle Results$/)
    const results = await panelPage(page, 'results')
    const picture = results.getByRole('img', { name: 'Heat map of float64, 4000 × 5000' })
    await picture.waitFor()
    const said = results.locator('.array-figures')
    await said.getByText('drawn is one in').waitFor()
    await said.getByText(/\d NaN/).waitFor()
    await runCommand(page, 'View: Toggle Maximized Panel')
    await lab.picture('resultsLargeArray', 1000)
    for (let i = 0; i < 5; i++) await results.getByRole('button', { name: 'Look closer' }).click()
    await said.getByText('1,938 to 2,062 along axis 0', { exact: false }).waitFor()
    await said.getByText(/drawn is|fetching/).waitFor({ state: 'detached' })
    await picture.hover({ position: { x: 60, y: 60 } })
    const text = await said.getByText(/\[\d+, \d+\] = -?\d\.\d+/).textContent()
    const [, row, column, value] = /\[(\d+), (\d+)\] = (\S+)/.exec(text ?? '') ?? []
    const wanted = Math.sin(Number(row) / 90) * Math.cos(Number(column) / 70)
    assert.ok(Math.abs(Number(value) - wanted) < 1e-12, `${text}: ${wanted}`)
    await lab.picture('resultsLargeArrayNear', 1000)
    await results.getByRole('button', { name: 'Line', exact: true }).click()
    await results.getByRole('combobox', { name: 'along' }).selectOption('0')
    await results.getByRole('slider', { name: 'Place along axis 1' }).fill('4200')
    await results.getByRole('img', { name: /^Line of/ }).waitFor()
    await said.getByText(/fetching/).waitFor({ state: 'detached' })
    await lab.picture('resultsLargeArrayLine', 1000)
    await runCommand(page, 'View: Toggle Maximized Panel')
  })

  test('what is seen is saved as CSV', async () => {
    const { page } = lab
    const results = await panelPage(page, 'results')
    await results.getByRole('button', { name: 'Save as CSV' }).click()
    const file = join(lab.folder, 'array.csv')
    await saveAs(page, file)
    await notifications(page, 'array.csv is saved.')
    const cells = readFileSync(file, 'utf8').trim().split(',')
    assert.deepEqual([cells.length, cells[0], cells[900]], [4000, '0', 'NaN'])
    await runCommand(page, 'Notifications: Clear All Notifications')
  })

  async function pictureOfPanel(name: string): Promise<void> {
    await runCommand(lab.page, 'View: Toggle Maximized Panel')
    await lab.picture(name, 1000)
    await runCommand(lab.page, 'View: Toggle Maximized Panel')
  }

  /** Saves all elements of what the results show, as CSV; its lines. */
  async function savedElements(): Promise<string[]> {
    const { page } = lab
    const results = await panelPage(page, 'results')
    await results.getByRole('button', { name: 'Save all elements…' }).click()
    const formats = page.locator('.quick-input-widget:visible', { hasText: 'Save all elements of' })
    await formats.locator('.monaco-list-row', { hasText: 'CSV' }).first().click()
    const offered = join(lab.folder, 'elements.csv')
    await saveAs(page, offered)
    await notifications(page, 'elements.csv is saved.')
    await runCommand(page, 'Notifications: Clear All Notifications')
    const lines = readFileSync(offered, 'utf8').trim().split('\n')
    rmSync(offered)
    return lines
  }

  test('complex numbers are drawn by any of their parts, told by both, and all of them are saved', async () => {
    const { page } = lab
    await openFile(page, 'kinds.ts')
    await (await settledLenses(page, /▷ Run$/, 2)).first().click()
    const results = await panelPage(page, 'results')
    const said = results.locator('.array-figures')
    await said.getByText('complex128, 2 × 2 · absolute values from 0.5 to 5').waitFor()
    const pointAt = async (picture: string): Promise<void> =>
      await results.getByRole('img', { name: picture, exact: true }).hover({ position: { x: 8, y: 8 } })
    await pointAt('Heat map of complex128, 2 × 2')
    await said.getByText('[0, 0] = 3-4i').waitFor()
    await results.getByRole('combobox', { name: 'drawn' }).selectOption('imaginary')
    await pointAt('Heat map of complex128, 2 × 2 (imaginary part)')
    await pictureOfPanel('resultsComplex')
    assert.deepEqual(await savedElements(), ['0 real,1 real,0 imag,1 imag', '3,0.5,-4,0', '0,1,2,1'])
  })

  test('truth values are counted and told by name, and all of them are saved', async () => {
    const { page } = lab
    await (await settledLenses(page, /▷ Run$/, 2)).nth(1).click()
    const results = await panelPage(page, 'results')
    const said = results.locator('.array-figures')
    await said.getByText('bool, 3 × 4 · 7 of 12 true').waitFor()
    await results
      .getByRole('img', { name: 'Heat map of bool, 3 × 4', exact: true })
      .hover({ position: { x: 8, y: 8 } })
    await said.getByText('[0, 0] = false').waitFor()
    await pictureOfPanel('resultsTruth')
    assert.deepEqual(await savedElements(), [
      '0,1,2,3',
      'false,false,false,false',
      'false,true,true,true',
      'true,true,true,true',
    ])
  })
})
