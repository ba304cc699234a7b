// A large array in the real workbench: it stays on the cluster, and what somebody looks closer at is cut out there.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Lab, openLab } from './kit.ts'
import {
  codeLens,
  lineText,
  notifications,
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
  })
})
