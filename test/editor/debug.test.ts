// Debugging in the real workbench, with its own JavaScript debugger: a failed task, and breakpoints in tasks.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { goToLine, takeFix } from './cursor.ts'
import { type Lab, openLab, until } from './kit.ts'
import { editorTab, insideWebview, lineText, runCommand, settledLenses } from './workbench.ts'

describe('under the debugger of a real VS Code', { concurrency: false }, () => {
  let lab: Lab

  before(async () => {
    lab = await openLab()
    await lab.open('failing.ts')
    await settledLenses(lab.page, /^Debug$/, 1)
    await runCommand(lab.page, 'Heddle: Set Up This Folder')
  })
  after(async () => {
    await lab?.close()
  })

  const toolbar = () => lab.page.locator('.debug-toolbar:visible')
  const stopDebugging = async (): Promise<void> => {
    await runCommand(lab.page, 'Debug: Stop')
    await until(async () => (await toolbar().count()) === 0, 'the debugger has ended')
  }

  test('Debug This Task runs a failed task again with its inputs, and stops at its throw', async () => {
    const { page } = lab
    await (await settledLenses(page, /▷ Run$/, 1)).click()
    await lineText(page, /RangeError/)
    await runCommand(page, 'Heddle: Debug This Task')
    const thrown = page.locator('.exception-widget')
    await thrown.waitFor()
    assert.match((await thrown.textContent()) ?? '', /no number: <img src=x>/)
    const here = page.locator('.debug-top-stack-frame-line')
    await here.first().waitFor()
    await stopDebugging()
  })

  test('what happened to a task that failed is told where it threw', async () => {
    const { page } = lab
    await takeFix(page, () => goToLine(page, 'throw new RangeError', 'End'), 'What Happened to This Task?')
    await editorTab(page, /A task/).waitFor()
    const report = insideWebview(
      page.locator('iframe.webview.ready[src*="markdown-language-features"]').first(),
    )
    await report.getByText('RangeError: no number: <img src=x>', { exact: true }).waitFor()
    await report.getByText('failing.ts:4', { exact: true }).waitFor()
    await report.getByText(/run \d+ was given to w0/).waitFor()
    await report.getByText(/Debug This Task runs it again alone/).waitFor()
    await lab.picture('taskReport', 500)
    await runCommand(page, 'View: Focus First Editor Group')
    await runCommand(page, 'View: Close Editors in Other Groups')
  })

  test('Debug stops at breakpoints in tasks', async () => {
    const { page } = lab
    await goToLine(page, 'return Number(text)', 'End')
    await page.keyboard.press('F9')
    await page.locator('.codicon-debug-breakpoint, .codicon-debug-breakpoint-unverified').first().waitFor()
    await (await settledLenses(page, /^Debug$/, 1)).click()
    await page.locator('.debug-top-stack-frame-line').first().waitFor()
    assert.equal(await page.locator('.exception-widget').count(), 0)
    await page.getByText('Ln 5, Col 3').waitFor()
    await lab.picture('debugBreakpoint', 1000)
    await runCommand(page, 'Heddle: Stop Cluster')
    await stopDebugging()
    await until(() => lab.processes().length === 0, 'nothing of the debugged cluster is left')
  })
})
