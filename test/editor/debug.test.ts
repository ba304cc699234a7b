// Debugging in the real workbench, with its own JavaScript debugger: a failed task, and breakpoints in tasks.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Lab, openLab, until } from './kit.ts'
import { codeLens, editorTab, insideWebview, lineText, runCommand, settledLenses } from './workbench.ts'

describe('under the debugger of a real VS Code', { concurrency: false }, () => {
  let lab: Lab

  before(async () => {
    lab = await openLab()
    await lab.open('failing.ts')
    await settledLenses(lab.page, /^Debug$/, 1)
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
    await codeLens(page, /▷ Run$/).click()
    await lineText(page, /RangeError/)
    await runCommand(page, 'Heddle: Debug This Task')
    const thrown = page.locator('.exception-widget')
    await thrown.waitFor({ timeout: 60_000 })
    assert.match((await thrown.textContent()) ?? '', /no number: <img src=x>/)
    const here = page.locator('.debug-top-stack-frame-line')
    await here.first().waitFor()
    await stopDebugging()
  })

  test('what happened to a task that failed is told where it threw', async () => {
    const { page } = lab
    await page.locator('.view-line', { hasText: 'throw new RangeError' }).first().click()
    await page.keyboard.press('Control+.')
    await page.locator('.action-widget:visible').getByText('What Happened to This Task?').click()
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
    await page.locator('.view-line', { hasText: 'return Number(text)' }).first().click()
    await page.keyboard.press('F9')
    await page.locator('.codicon-debug-breakpoint, .codicon-debug-breakpoint-unverified').first().waitFor()
    await codeLens(page, /^Debug$/).click()
    await page.locator('.debug-top-stack-frame-line').first().waitFor({ timeout: 60_000 })
    assert.equal(await page.locator('.exception-widget').count(), 0)
    await page.getByText('Ln 5, Col 3').waitFor()
    await lab.picture('debugBreakpoint', 1000)
    await runCommand(page, 'Heddle: Stop Cluster')
    await stopDebugging()
    await until(() => lab.processes().length === 0, 'nothing of the debugged cluster is left')
  })
})
