// What learns by rounds, in the results panel of a real browser: its rounds, its numbers, a drawn line each, and its end.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { buildMedia } from '../../media/build.ts'
import type { CurvePoint, RunEvent } from '../../runtime/protocol/runs.ts'
import { runMessages } from '../media/kit/sampleRuns.ts'
import { SyntheticFeed } from '../media/kit/syntheticFeed.ts'
import { launchBrowser, openWatched } from './kit/browser.ts'
import { servePanels } from './kit/panelServer.ts'
import { coloursOf } from './kit/pixels.ts'

/** Names of estimators are shown as text, whatever stands in them. */
const TITLE = 'KMeans <img src=x onerror=alert(1)>'
const screenshots = process.env.HEDDLE_SCREENSHOTS

describe('a learning curve', () => {
  const mediaFolder = mkdtempSync(join(tmpdir(), 'heddle-curve-'))
  let browser: Browser

  before(async () => {
    await buildMedia(mediaFolder)
    browser = await launchBrowser()
  })
  after(async () => {
    await browser?.close()
    rmSync(mediaFolder, { recursive: true, force: true })
  })

  const curve = {
    curve: 1,
    title: TITLE,
    steps: 50,
    place: { file: '/home/ada/model.ts', line: 12, column: 3 },
  }
  const pointAt = (step: number): CurvePoint => ({
    step,
    values: { loss: 1 / step, ...(step % 2 === 0 && { score: 1 - 1 / step }) },
  })
  const told = (from: number, to: number, ended = false): RunEvent => ({
    kind: 'curve',
    curve,
    points: Array.from({ length: to - from + 1 }, (_, i) => pointAt(from + i)),
    ended,
  })

  for (const scheme of ['dark', 'light'] as const)
    test(`grows by rounds, and says when it has ended (${scheme})`, async () => {
      const feed = new SyntheticFeed({ tasksPerSecond: 40 })
      const events = runMessages('r1', feed.nowMs, 'model.fit(x, y)', [told(1, 15), told(16, 40, true)])
      const server = await servePanels({
        mediaFolder,
        greet: () => [feed.snapshot(), ...events.slice(0, 2)],
        answer: () => [],
      })
      const watched = await openWatched(browser, `${server.url}results`, {
        colorScheme: scheme,
        viewport: { width: 900, height: 700 },
      })
      try {
        const { page } = watched
        const section = page.getByRole('region', { name: `${TITLE}: round 15 of 50` })
        await section.waitFor()
        await section.getByText('model.ts:12').waitFor()
        await section.getByText('0.06667', { exact: true }).waitFor()
        await section.getByText('0.9286', { exact: true }).waitFor()
        await section.locator('.state-bar').waitFor()
        const canvases = section.locator('canvas')
        assert.equal(await canvases.count(), 2, 'a line for the loss, and one for the score')
        const picture = (): Promise<string> =>
          canvases.first().evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())
        assert.ok((await coloursOf(page, 'section.curve canvas')) > 3, 'something is drawn')
        const before = await picture()
        server.send(events[2])
        const ended = page.getByRole('region', { name: `${TITLE}: round 40 of 50` })
        await ended.getByText('ended after round 40 of 50').waitFor()
        assert.equal(await ended.locator('.state-bar').count(), 0)
        await ended.getByText('0.025', { exact: true }).waitFor()
        assert.notEqual(
          await ended
            .locator('canvas')
            .first()
            .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL()),
          before,
          'more rounds are another line',
        )
        const saved = page.waitForEvent('download')
        await ended.getByRole('button', { name: 'Save as PNG' }).click()
        const file = await saved
        assert.equal(file.suggestedFilename(), 'curve.png')
        const bytes = readFileSync(await file.path())
        assert.equal(bytes.toString('latin1', 1, 4), 'PNG')
        const heights = await ended
          .locator('canvas')
          .evaluateAll((all) => all.map((canvas) => (canvas as HTMLCanvasElement).height))
        assert.ok(
          bytes.readUInt32BE(20) > heights[0] + heights[1],
          'both lines are in it, each below its name',
        )
        if (screenshots) {
          mkdirSync(screenshots, { recursive: true })
          await page.screenshot({ path: join(screenshots, `results-curve-${scheme}.png`) })
        }
        assert.deepEqual([...watched.complaints, ...watched.foreign, ...server.missing], [])
      } finally {
        await watched.close()
        await server.close()
      }
    })
})
