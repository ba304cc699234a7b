// Panels in a narrow side bar with names of eighty characters, and with hundreds of workers and devices.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { buildMedia } from '../../media/build.ts'
import type { FeedMessage } from '../../runtime/protocol/feed.ts'
import { failedEvents, runMessages, tableEvents } from '../media/kit/sampleRuns.ts'
import { SyntheticFeed } from '../media/kit/syntheticFeed.ts'
import { PROGRAM } from '../media/kit/syntheticProgram.ts'
import { launchBrowser, openWatched } from './kit/browser.ts'
import { beyondEdge } from './kit/layout.ts'
import { servePanels } from './kit/panelServer.ts'

const LONG = 'räknaMedelvärdetAvAllaFörseningarFör各空港と航空会社ごとに_perAirportAndCarrier_2026_v2'
const mediaFolder = mkdtempSync(join(tmpdir(), 'heddle-media-'))
let browser: Browser

/** A cluster of which every name is long, with runs and a log. */
function longNamed(): { feed: SyntheticFeed; told: FeedMessage[] } {
  const program = PROGRAM.map((group, i) => ({ ...group, name: `${LONG}${i}` }))
  const feed = new SyntheticFeed({ tasksPerSecond: 400, gpus: 1, workers: 2, program })
  for (const info of feed.workers) Object.assign(info, { name: `${LONG}-${info.worker}`, host: LONG })
  feed.paused.add(1)
  const told = [feed.snapshot()]
  for (let i = 0; i < 30; i++) told.push(...feed.advance(100))
  told.push(
    ...runMessages('r1', feed.nowMs - 9000, `${LONG}.compute()`, tableEvents(40)),
    ...runMessages('r2', feed.nowMs - 5000, `${LONG}()`, failedEvents()),
    { type: 'log', level: 'warn', text: `${LONG} takes no new tasks`, worker: `${LONG}-1` },
  )
  return { feed, told }
}

/** Opens one panel fed by `told`, looks at it, and checks that the page had nothing to complain about. */
async function look(
  feed: SyntheticFeed,
  told: FeedMessage[],
  panel: string,
  [width, height]: [number, number],
  check: (page: Page) => Promise<void>,
): Promise<void> {
  const server = await servePanels({
    mediaFolder,
    greet: () => told,
    answer: (request) => (request.type === 'memory' && request.on ? [feed.memory()] : []),
  })
  const watched = await openWatched(browser, server.url + panel, { viewport: { width, height } })
  try {
    await watched.page.locator('.progress-header, .tiles, .run-header').first().waitFor()
    await check(watched.page)
    assert.deepEqual(watched.complaints, [])
  } finally {
    await watched.close()
    await server.close()
  }
}

describe('long names and many workers', () => {
  before(async () => {
    await buildMedia(mediaFolder)
    browser = await launchBrowser()
  })
  after(async () => {
    await browser?.close()
    rmSync(mediaFolder, { recursive: true, force: true })
  })

  for (const panel of ['dashboard', 'taskGraph', 'taskStream', 'workers', 'gpu', 'results'])
    test(`with names of eighty characters nothing of ${panel} reaches beyond 300 pixels`, async () => {
      const { feed, told } = longNamed()
      await look(feed, told, panel, [300, 900], async (page) => {
        if (panel === 'workers') await page.locator('.prefixes tbody tr').first().waitFor()
        assert.deepEqual(await beyondEdge(page), [])
      })
    })

  test('a name that is cut off is told whole where one points at it', async () => {
    const { feed, told } = longNamed()
    for (const [panel, name] of [
      ['taskGraph', '.group-name'],
      ['taskStream', '.legend-name'],
    ] as const)
      await look(feed, told, panel, [300, 900], async (page) => {
        await page.locator(name).first().waitFor()
        const cut = await page
          .locator(name)
          .evaluateAll((names) =>
            names
              .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
              .map((name) => name.getAttribute('title') ?? ''),
          )
        assert.ok(cut.length > 0 && cut.every((title) => title.startsWith(LONG)), cut.join())
      })
  })

  test('in a narrow overview every page of the dashboard is in sight, and the log is whole', async () => {
    const { feed, told } = longNamed()
    await look(feed, told, '', [300, 900], async (page) => {
      assert.equal(await page.locator('nav a').count(), 7)
      const log = page.locator('[role=log] .line-text').first()
      const [needed, has] = await log.evaluate(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth])
      assert.ok(needed <= has, `${needed} of ${has} pixels`)
    })
  })

  test('in a side bar the titles that sort the workers are seen as the keyboard reaches them', async () => {
    const { feed, told } = longNamed()
    await look(feed, told, 'workers', [300, 900], async (page) => {
      const table = page.locator('.workers:not(.prefixes)')
      const title = table.getByRole('button', { name: 'Memory' })
      await title.focus()
      const { x, width, height } = (await title.boundingBox())!
      assert.ok(x >= 0 && x + width <= 300 && height > 8)
      const clipped = await table.locator('thead').evaluate((head) => getComputedStyle(head).clipPath)
      assert.equal(clipped, 'none')
      await page.keyboard.press('Enter')
      await table.locator('th[aria-sort=descending]').waitFor()
      assert.deepEqual(await beyondEdge(page), [])
    })
  })

  for (const [width, height] of [
    [300, 900],
    [1180, 720],
  ] as const)
    test(`of 500 workers those in view are drawn, and the last is reached, ${width} pixels wide`, async () => {
      const feed = new SyntheticFeed({ workers: 500, tasksPerSecond: 500 })
      await look(feed, [feed.snapshot(), ...feed.advance(100)], 'workers', [width, height], async (page) => {
        const names = page.locator('.workers:not(.prefixes) .worker-name')
        await names.first().waitFor()
        const table = page.locator('.workers:not(.prefixes)')
        assert.equal(await table.getAttribute('aria-rowcount'), '501')
        await page.locator('tbody.away').nth(20).waitFor()
        assert.ok((await names.count()) <= 80, `${await names.count()} rows`)
        const before = await table.evaluate(({ clientHeight }) => clientHeight)
        // As the end is drawn the table may grow, or shrink, by what was only guessed.
        await table.locator('tbody').last().scrollIntoViewIfNeeded()
        const last = table.locator('tr').filter({ has: page.getByText('loom-500', { exact: true }) })
        await last.waitFor()
        assert.equal(await last.getAttribute('aria-rowindex'), '501')
        const after = await table.evaluate(({ clientHeight }) => clientHeight)
        assert.ok(after > before / 2 && after < before * 2, `${before} → ${after} pixels`)
      })
    })

  test('of 500 devices those in view are drawn, and the last is reached', async () => {
    const feed = new SyntheticFeed({ workers: 500, gpus: 1, tasksPerSecond: 500 })
    // Two workers a host share its devices.
    for (const info of feed.workers) Object.assign(info, { host: `node${info.worker + 1}` })
    await look(feed, [feed.snapshot(), ...feed.advance(100)], 'gpu', [300, 900], async (page) => {
      await page.getByRole('region', { name: 'GPU 0 of node1', exact: true }).locator('canvas').waitFor()
      assert.equal(await page.locator('.cards > .card').count(), 500)
      assert.ok((await page.locator('.cards canvas').count()) <= 20)
      const last = page.getByRole('region', { name: 'GPU 0 of node500', exact: true })
      await last.scrollIntoViewIfNeeded()
      await last.locator('canvas').waitFor()
    })
  })
})
