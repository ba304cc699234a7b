// A language model asks for a run in the real workbench: VS Code asks the user first, and nothing runs without a yes.

import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Locator } from 'playwright-core'
import { type Lab, openLab, root, until } from './kit.ts'
import { runCommand, settledLenses } from './workbench.ts'

describe('a tool of language models in a real VS Code', { concurrency: false }, () => {
  let lab: Lab

  before(async () => {
    lab = await openLab({ extensions: [join(root, 'test', 'fixtures', 'toolCaller')] })
    await lab.open('analysis.ts')
    await settledLenses(lab.page, /▷ Run$/, 3)
    await runCommand(lab.page, 'Heddle: Set Up This Folder')
  })
  after(async () => {
    await lab?.close()
  })

  const answerFile = (): string => join(lab.folder, 'answer.txt')
  const answer = async (): Promise<string> => {
    await until(() => existsSync(answerFile()), 'the tool has answered')
    const text = readFileSync(answerFile(), 'utf8')
    rmSync(answerFile())
    return text
  }
  /** The question, once it is there. */
  const asked = async (): Promise<Locator> => {
    await runCommand(lab.page, 'Tool Caller: Run Line 11')
    const dialog = lab.page.locator('.monaco-dialog-box')
    await dialog.getByText('Run with Heddle').waitFor()
    await dialog.getByText('the computation in line 11 of analysis.ts').waitFor()
    await dialog.getByText('const total = await numbers.map((n) => n * n).sum().compute()').waitFor()
    return dialog
  }

  test('the user is asked with the line that would run; a no runs nothing', async () => {
    const dialog = await asked()
    await lab.picture('toolQuestion', 500)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    assert.match(await answer(), /^refused: /)
    assert.deepEqual(lab.schedulers(), [], 'no cluster was started')
  })

  test('a yes runs it, and the answer has its result', async () => {
    const dialog = await asked()
    await dialog.getByRole('button', { name: 'Yes' }).click()
    assert.match(await answer(), /^Result: 328350$/m)
    assert.equal(lab.schedulers().length, 1)
  })
})
