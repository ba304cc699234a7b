// What explains itself in the real workbench: why something is not running, and why a worker died; how many workers there are, and others in their place.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { FrameLocator, Locator } from 'playwright-core'
import { type Lab, openLab, until } from './kit.ts'
import {
  again,
  answerBox,
  clickOnRow,
  codeLens,
  editorTab,
  insideWebview,
  lineText,
  panelPage,
  runCommand,
  settledLenses,
  widenSideBar,
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
  const busyRows = (): Locator =>
    lab.page.locator('.customview-tree .monaco-list-row', { hasText: /^w\d+ ?\d+\/2 · CPU/ })
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
    const panel = await panelPage(page, 'workers')
    // A key would go to whatever has the focus when a palette that closes gives it back.
    await again(async (timeout) => {
      await panel.getByLabel('How many workers').fill('2', { timeout })
      await panel.getByText('w1').first().waitFor({ timeout })
    })
    await lab.picture('workers', 8000)
    await closeBeside()
  })

  test('a task of the graph tells what happened to it, and its report why it is not done', async () => {
    const { page } = lab
    await runCommand(page, 'Heddle: Show Task Graph')
    const graph = await panelPage(page, 'taskGraph')
    await graph.getByRole('button', { name: 'Show the tasks of range-map-count' }).click()
    const details = graph.getByRole('region', { name: 'The selected task' })
    const canvas = graph.locator('canvas')
    await until(async () => {
      const { width = 0, height = 0 } = (await canvas.boundingBox()) ?? {}
      for (const share of [0.5, 0.4, 0.6, 0.3, 0.7]) {
        await canvas.click({ position: { x: width * share, y: height / 2 } })
        // Looked for until it may be taken for none: another click beside a task would take it back.
        const isShown = await details.waitFor({ timeout: 3000 }).then(
          () => true,
          () => false,
        )
        if (isShown) return true
      }
      return false
    }, 'a task is selected')
    await details.getByRole('button', { name: 'What happened to it?' }).click()
    await details.getByText(/came with graph \d+, in the group range-map-count/).waitFor()
    await lab.picture('taskStory', 500)
    const key = (await details.locator('code.key').textContent()) ?? ''
    await runCommand(page, 'Heddle: Explain a Task…')
    const question = page.locator('.quick-input-widget:visible', { hasText: 'The key of a task' })
    await question.locator('input[type="text"]').fill(key)
    await question.locator('input[type="text"]').press('Enter')
    await editorTab(page, /A task/).waitFor()
    await reportPage()
      .getByText(/came with graph \d+, in the group range-map-count/)
      .waitFor()
    await lab.picture('taskReportLive', 500)
    await closeBeside()
  })

  test('the buttons on the row of the cluster can be clicked', async () => {
    const own = treeRow(/^Local cluster/)
    await own.hover()
    for (const name of ['Remove a Worker', 'Add a Worker', 'Restart Cluster', 'Stop Cluster'])
      assert.ok(await own.getByRole('button', { name }).isEnabled(), `${name} can be clicked`)
  })

  test('a worker that is killed says so in the tree, and why it died is told', async () => {
    const { page } = lab
    await widenSideBar(page, 90)
    lab.killWorker()
    const gone = treeRow(/^w\d+ ?gone: .*SIGKILL/)
    await gone.waitFor()
    // Another comes in its place, and moves the row.
    await until(async () => (await busyRows().count()) === 2, 'the tree shows another')
    await clickOnRow(gone, 'Why Did the Worker Die?')
    await editorTab(page, /Why did the worker die/).waitFor()
    await reportPage()
      .getByText(/SIGKILL comes from outside/)
      .waitFor()
    await reportPage()
      .getByText(/When it was last seen its process held .* of /)
      .waitFor()
    await lab.picture('workerDeath', 1000)
    await closeBeside()
  })

  test('Restart Workers puts others in their place, and the run goes on there', async () => {
    const { page } = lab
    await until(() => lab.workers().length === 2, 'two workers are there')
    const before = lab.workers()
    await runCommand(page, 'Heddle: Restart Workers')
    await until(() => {
      const now = lab.workers()
      return now.length === 2 && now.every((pid) => !before.includes(pid))
    }, 'two others are there')
    await until(async () => (await busyRows().count()) === 2, 'the tree shows both')
    await treeRow(/thread \d/).waitFor()
    await treeRow(/^w\d+ ?restarted by the user/).waitFor()
    assert.equal(await page.locator('.customview-tree .monaco-list-row', { hasText: /SIGTERM/ }).count(), 0)
    await lab.picture('restartedWorkers', 500)
  })

  test('workers follow the load, and a number that is asked for ends that', async () => {
    const { page } = lab
    const follows = treeRow(/follows the load, 1 to 3/)
    await runCommand(page, 'Heddle: Let Workers Follow the Load…')
    await answerBox(page, 'Follow the load', '1-3')
    await follows.waitFor()
    await until(() => lab.workers().length === 3, 'there is work for three')
    await until(async () => (await busyRows().count()) === 3, 'the tree shows them')
    await lab.picture('followsLoad', 500)
    await runCommand(page, 'Heddle: Remove a Worker')
    await until(() => lab.workers().length === 2, 'one has left')
    await follows.waitFor({ state: 'hidden' })
  })

  test('the log of the cluster names what happened to its workers', async () => {
    const { page } = lab
    await runCommand(page, 'Heddle: Show Cluster Log')
    await editorTab(page, /Cluster log/).waitFor()
    const line = (text: RegExp): Promise<void> => reportPage().getByText(text).first().waitFor()
    await line(/worker w0 joined: process \d+ on /)
    await line(/2 workers are asked for$/)
    await line(/workers follow the load, from 1 to 3$/)
    await line(/worker w\d \(process \d+\) is gone: it was ended by SIGKILL/)
    await line(/worker w\d started again: it was ended by SIGKILL/)
    await line(/worker w\d \(process \d+\) left: restarted by the user/)
    await lab.picture('clusterLog', 500)
    await closeBeside()
  })
})
