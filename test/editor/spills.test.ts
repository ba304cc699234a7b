// A run that is larger than its cluster's memory, in the real workbench: above the line, and where it is pointed at, stands what went to the disk.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { goToLine, hoverAtCursor } from './cursor.ts'
import { type Lab, openLab, until } from './kit.ts'
import { codeLens, lineText, runCommand, settledLenses } from './workbench.ts'

const SIGNALS = 24
const BYTES_OF_ALL = SIGNALS * 4_000_000 * 8

describe('spills in a real VS Code', { concurrency: false }, () => {
  let lab: Lab

  before(async () => {
    lab = await openLab({ settings: { 'heddle.local.memoryLimit': '500MB', 'editor.hover.above': false } })
    await lab.open('spills.ts')
    await settledLenses(lab.page, /▷ Run$/, 2)
    await runCommand(lab.page, 'Heddle: Set Up This Folder')
  })
  after(async () => {
    await lab?.close()
  })

  const lens = () => codeLens(lab.page, / MB spilled$/).first()

  test('the line whose results did not fit says what workers wrote to disk', async () => {
    const { page } = lab
    await (await settledLenses(page, /▷ Run$/, 2)).nth(1).click()
    await lineText(page, /^= 1104000000 · /)
    const bytesSaid = async (): Promise<number | undefined> => {
      const text = (await lens().textContent()) ?? ''
      const said = /^24 tasks · [\d.]+ m?s · 768 MB · ([\d.]+) MB spilled$/.exec(text)
      return said ? Number(said[1]) * 1e6 : undefined
    }
    await until(async () => (await bytesSaid()) !== undefined, 'it says so of all its tasks')
    const spilled = (await bytesSaid())!
    // What one worker of 500 MB cannot hold of 768 MB, and no more than all of it.
    assert.ok(spilled >= BYTES_OF_ALL - 500e6 && spilled <= BYTES_OF_ALL, `${spilled} bytes`)
    assert.equal(lab.workers().length, 1, 'the worker lives')
  })

  test('the tooltip of the lens says the same, and the gutter is marked', async () => {
    assert.match(
      (await lens().getAttribute('title')) ?? '',
      /^range-map: 24 tasks ran for .*\nTheir results took up 768 MB\.\nOf them workers wrote [\d.]+ MB to disk, since their memory was full\./,
    )
    await until(
      async () => (await lab.page.locator('.glyph-margin-widgets [class*="ced-"]').count()) > 0,
      'a line is marked',
    )
  })

  test('the line that is pointed at tells of its last run', async () => {
    const { page } = lab
    await goToLine(page, 'const signals', 'Home')
    await page.keyboard.press('Control+ArrowRight')
    await hoverAtCursor(
      page,
      /Of them workers wrote [\d.]+ MB to disk, since their memory was full\./,
      /^range-map: 24 tasks ran for/,
    )
    await lab.picture('spills')
  })
})
