// What explains itself in the real workbench: why something is not running; and how many workers there are, by the slider.

import { after, before, describe, test } from 'node:test'
import type { FrameLocator, Locator } from 'playwright-core'
import { type Lab, openLab } from './kit.ts'
import {
  codeLens,
  editorTab,
  insideWebview,
  lineText,
  panelPage,
  runCommand,
  settledLenses,
} from './workbench.ts'

describe('reports in a real VS Code', { concurrency: false }, () => {
  let lab: Lab

  before(async () => {
    lab = await openLab()
    await lab.open('endless.ts')
    await settledLenses(lab.page, /▷ Run$/, 1)
    await runCommand(lab.page, 'Heddle: Set Up This Folder')
    await (await settledLenses(lab.page, /▷ Run$/, 1)).first().click()
    await lineText(lab.page, /^[▁▂▃▄▅▆▇]{8} [1-9]\d*\//)
    await lab.page.locator('.activitybar .action-label[aria-label^="Heddle"]').click()
    await treeRow('w0').waitFor()
  })
  after(async () => {
    await lab?.close()
  })

  const treeRow = (text: string | RegExp): Locator =>
    lab.page.locator('.customview-tree .monaco-list-row', { hasText: text }).first()
  const reportPage = (): FrameLocator =>
    insideWebview(lab.page.locator('iframe.webview.ready[src*="markdown-language-features"]').first())
  const closeBeside = async (): Promise<void> => {
    await runCommand(lab.page, 'View: Focus First Editor Group')
    await runCommand(lab.page, 'View: Close Editors in Other Groups')
  }

  test('Why? above a run tells of the run and of the cluster', async () => {
    await codeLens(lab.page, 'Why?').click()
    await editorTab(lab.page, /Why isn't it running/).waitFor()
    await reportPage().getByText('many.map(wait).count().compute()').first().waitFor()
    await reportPage().getByRole('heading', { name: 'The cluster' }).waitFor()
    await lab.picture('why', 1000)
    await closeBeside()
  })

  test('the slider of the workers asks for another, and it comes', async () => {
    const { page } = lab
    await runCommand(page, 'Heddle: Show Workers')
    const slider = (await panelPage(page, 'workers')).getByLabel('How many workers')
    await slider.focus()
    await slider.press('ArrowRight')
    await (await panelPage(page, 'workers')).getByText('w1').first().waitFor()
    await lab.picture('workers', 8000)
    await closeBeside()
  })
})
