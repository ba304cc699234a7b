// A person's way through the real workbench: lenses, runs, panels, failures, cancelling, a reload, the end.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { FrameLocator, Locator } from 'playwright-core'
import { type Lab, openLab, until } from './kit.ts'
import { startPathProxy } from './pathProxy.ts'
import { codeLens, lineText, openFile, panelPage, runCommand, settledLenses } from './workbench.ts'

describe('in a real VS Code', { concurrency: false }, () => {
  let lab: Lab

  before(async () => {
    lab = await openLab()
    await lab.open('analysis.ts')
  })
  after(async () => {
    await lab?.close()
  })

  const statusBar = (text: RegExp): Locator => lab.page.locator('.statusbar-item', { hasText: text }).first()

  test('Set Up This Folder makes the import resolve, for TypeScript too', async () => {
    const { page } = lab
    await page.locator('.squiggly-error').first().waitFor()
    await runCommand(page, 'Heddle: Set Up This Folder')
    await until(async () => (await page.locator('.squiggly-error').count()) === 0, 'nothing is underlined')
  })

  test('lenses stand above each computation, and Run File at the top', async () => {
    await settledLenses(lab.page, /▷ Run$/, 3)
    assert.equal(await codeLens(lab.page, '▷ Run File').count(), 1)
  })

  test('a click starts a cluster, and the result stands beside the line', async () => {
    await codeLens(lab.page, /▷ Run$/)
      .first()
      .click()
    assert.match(await lineText(lab.page, /^= /), /^= 328350 · /)
    await until(
      async () => (await codeLens(lab.page, 'Cancel').count()) === 0,
      'a run that is over has no lens',
    )
    await statusBar(/1 worker · \d\/2 busy/).waitFor()
  })

  test('a longer run shows its progress beside the line, and its panels show a live cluster', async () => {
    const { page } = lab
    await codeLens(page, /▷ Run$/)
      .nth(1)
      .click()
    const progress = await lineText(page, /^[▁▂▃▄▅▆▇]{8} \d+\/\d+/)
    assert.match(progress, /^[▁▂▃▄▅▆▇]{8} [\d,]+\/[\d,]+( · [\d.]+k?\/s)?$/)
    await lineText(page, /^[▁▂▃▄▅▆▇]{8} \d\d+\//)
    await lab.holdWorkers(async () => {
      await codeLens(page, 'Cancel').first().waitFor()
      assert.equal(await codeLens(page, 'Cancel').count(), 1)
      await lab.picture('progress')
    })
    assert.match(await lineText(page, /^= 200 · /), /^= 200 · [\d.]+ s$/)
  })

  test('a result of rows is shown as a table, names with markup as they are', async () => {
    const { page } = lab
    await codeLens(page, /▷ Run$/)
      .nth(2)
      .click()
    const results = await panelPage(page, 'results')
    await results.getByText('<b>row 3</b>', { exact: true }).first().waitFor()
    await lab.picture('results')
  })

  test('a file of CommonJS has its lenses, and each computation of its run is told of at its line', async () => {
    const { page } = lab
    await openFile(page, 'common.cjs')
    await (await settledLenses(page, /▷ Run$/, 1)).first().click()
    assert.match(await lineText(page, /^✓/), /^✓ \d\/\d · [\d.]+ m?s$/)
    await until(async () => (await codeLens(page, 'Cancel').count()) === 0, 'a run that is over has no lens')
    await lab.picture('commonJs')
    await runCommand(page, 'View: Close Editor')
  })

  test('a failed run marks the throwing line, and its message is no markup', async () => {
    const { page } = lab
    await openFile(page, 'failing.ts')
    await (await settledLenses(page, /▷ Run$/, 1)).first().click()
    assert.match(await lineText(page, /^✗/), /^✗ RangeError: no number: <img/)
    await page.locator('.squiggly-error').first().waitFor()
    await runCommand(page, 'Problems: Focus on Problems View')
    const problem = page.locator('.markers-panel .monaco-list-row', {
      hasText: 'RangeError: no number: <img',
    })
    await problem.first().waitFor()
    assert.match((await problem.first().textContent()) ?? '', /\[Ln 4, Col \d+\]/)
    await until(async () => (await codeLens(page, 'Cancel').count()) === 0, 'a run that is over has no lens')
    await lab.picture('failure')
    await runCommand(page, 'View: Toggle Panel Visibility')
  })

  test('a run that takes long goes on while its panels are looked at', async () => {
    const { page } = lab
    await openFile(page, 'endless.ts')
    await (await settledLenses(page, /▷ Run$/, 1)).first().click()
    await lineText(page, /^[▁▂▃▄▅▆▇]{8} [1-9]\d*\//)
  })

  test('the tree shows the cluster, its workers and what each runs', async () => {
    const { page } = lab
    await page.locator('.activitybar .action-label[aria-label^="Heddle"]').click()
    const rows = page.locator('.customview-tree .monaco-list-row')
    await rows.filter({ hasText: 'w0' }).first().waitFor()
    await rows
      .filter({ hasText: /thread \d/ })
      .first()
      .waitFor()
    await lab.picture('tree')
    // Room for the panels beside the editor.
    await runCommand(page, 'View: Toggle Primary Side Bar Visibility')
  })

  const PANELS: [command: string, panel: string, shows: (inside: FrameLocator) => Locator][] = [
    ['Heddle: Show Workers', 'workers', (inside) => inside.getByText('w0').first()],
    ['Heddle: Show Task Stream', 'taskStream', (inside) => inside.locator('canvas').first()],
    ['Heddle: Show Task Graph', 'taskGraph', (inside) => inside.locator('canvas').first()],
    ['Heddle: Show GPU', 'gpu', (inside) => inside.getByText(/nvidia-smi|GPU/).first()],
    ['Heddle: Show Dashboard', 'dashboard', (inside) => inside.getByText(/worker/i).first()],
  ]
  for (const [command, panel, shows] of PANELS)
    test(`${command} shows the live cluster`, async () => {
      await runCommand(lab.page, command)
      const inside = await panelPage(lab.page, panel)
      await shows(inside).waitFor()
      await lab.picture(panel, 8000)
    })

  test('panels follow a theme of high contrast', async () => {
    const { page } = lab
    await lab.setting('workbench.colorTheme', 'Default High Contrast')
    const inside = await panelPage(page, 'dashboard')
    await inside.locator('body.vscode-high-contrast').waitFor()
    const border = await inside.locator('body').evaluate((body) => {
      interface View {
        getComputedStyle(element: unknown): { getPropertyValue(name: string): string }
      }
      return (globalThis as unknown as View)
        .getComputedStyle(body)
        .getPropertyValue('--vscode-contrastBorder')
    })
    assert.notEqual(border, '', 'the theme gives every part a border')
    await lab.picture('highContrast', 4000)
    await lab.setting('workbench.colorTheme', 'Default Light Modern')
    await inside.locator('body.vscode-light').waitFor()
  })

  test('a run can be cancelled from its line', async () => {
    const { page } = lab
    await runCommand(page, 'View: Close Editors in Other Groups')
    await codeLens(page, 'Cancel').first().click()
    await lineText(page, /^cancelled after/)
    await until(async () => (await codeLens(page, 'Cancel').count()) === 0, 'the cancel lens is gone')
  })

  test('a reload finds the running cluster and its run again', async () => {
    const { page } = lab
    await (await settledLenses(page, /▷ Run$/, 1)).first().click()
    await lineText(page, /^[▁▂▃▄▅▆▇]{8} \d+\/\d+/)
    // Sessions come and go: one is kept ready for the next run.
    const lasting = (): string[] => lab.processes().filter((each) => !/session/.test(each))
    const before = lasting().length
    await lab.open('endless.ts')
    await lineText(page, /^[▁▂▃▄▅▆▇]{8} \d+\/\d+/)
    await statusBar(/1 worker · 2\/2 busy/).waitFor()
    assert.equal(lasting().length, before)
  })

  test('a cluster that is killed ends the run with its reason', async () => {
    const { page } = lab
    lab.killScheduler()
    await lineText(page, /^✗ ClusterLost: /)
    await statusBar(/cluster lost/).waitFor()
    await until(() => lab.processes().length === 0, 'nothing of the cluster is left')
  })

  test('another start makes a new cluster', async () => {
    const { page } = lab
    await runCommand(page, 'Heddle: Start Local Cluster')
    await statusBar(/1 worker · 0\/2 busy/).waitFor()
  })

  test('the dashboard opens in the browser, and shows this cluster', async (t) => {
    const { page } = lab
    const opening = page.context().waitForEvent('page')
    await runCommand(page, 'Heddle: Open Dashboard in Browser')
    const dashboard = await opening
    // In the browser VS Code names its server's path proxy, which this bare server lacks: here is one.
    await dashboard.waitForURL(/\/proxy\/\d+\/\?token=/)
    const { pathname, search } = new URL(dashboard.url())
    const proxy = await startPathProxy()
    t.after(() => proxy.close())
    await dashboard.goto(proxy.origin + pathname + search)
    await dashboard
      .getByText(/of 2 threads/)
      .first()
      .waitFor()
    // The token was in the address once; a cookie has taken its place.
    await dashboard.waitForURL((url) => !url.href.includes('token'))
    await dashboard.close()
  })

  test('Restart Cluster puts a new cluster in its place', async () => {
    const { page } = lab
    const [old] = lab.schedulers()
    await runCommand(page, 'Heddle: Restart Cluster')
    await until(() => {
      const now = lab.schedulers()
      return now.length === 1 && now[0] !== old
    }, 'another scheduler runs, and the old one does not')
    await statusBar(/1 worker · 0\/2 busy/).waitFor()
  })

  test('Stop Cluster leaves nothing of it', async () => {
    const { page } = lab
    await runCommand(page, 'Heddle: Stop Cluster')
    await statusBar(/^ ?Heddle$/).waitFor()
    await until(() => lab.processes().length === 0, 'nothing of the cluster is left')
  })
})
