// Panels as webviews: the feed by `postMessage`, a click opens the user's line, and no cluster is said with a way out.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { buildMedia } from '../../media/build.ts'
import { FEED_MESSAGES, FEED_REQUESTS, type FeedMessage } from '../../runtime/protocol/feed.ts'
import { decodeFrame, encodeFrame } from '../../runtime/protocol/frame.ts'
import { jobsNews, longJobsNews } from '../media/kit/sampleJobs.ts'
import { failedEvents, runMessages, tableEvents } from '../media/kit/sampleRuns.ts'
import { SyntheticFeed } from '../media/kit/syntheticFeed.ts'
import { launchBrowser, openWatched } from './kit/browser.ts'
import { beyondEdge, overlaps } from './kit/layout.ts'
import { type PanelServer, servePanels } from './kit/panelServer.ts'
import { untilDrawn } from './kit/pixels.ts'

interface Webview {
  page: Page
  /** What the page posted; frames as lists of bytes. */
  posted: { kind: string; frame?: number[]; [name: string]: unknown }[]
  complaints: string[]
  post(...messages: FeedMessage[]): Promise<void>
  /** Resolves once a message of this kind was posted. */
  awaited(kind: string): Promise<Webview['posted'][number]>
  close(): Promise<void>
}

const mediaFolder = mkdtempSync(join(tmpdir(), 'heddle-media-'))
let browser: Browser
let server: PanelServer

/** Opens a panel with an editor's API around it, as VS Code gives it to webviews. */
async function openWebview(panel: string): Promise<Webview> {
  const posted: Webview['posted'] = []
  const waiting: { kind: string; resolve: (message: Webview['posted'][number]) => void }[] = []
  const { page, complaints, close } = await openWatched(browser, server.url + panel, {
    before: async (page) => {
      await page.exposeFunction('heddleTestPosted', (message: Webview['posted'][number]) => {
        posted.push(message)
        for (const each of waiting.filter(({ kind }) => kind === message.kind)) each.resolve(message)
      })
      await page.addInitScript(() => {
        const scope = globalThis as unknown as {
          acquireVsCodeApi: unknown
          heddleTestPosted(message: unknown): void
        }
        // VS Code keeps clicks on links inside a page from the page.
        addEventListener('click', (event) => {
          if (event.target instanceof Element && event.target.closest('a[href^="#"]')) event.preventDefault()
        })
        scope.acquireVsCodeApi = () => ({
          postMessage: (message: { frame?: Uint8Array }) =>
            scope.heddleTestPosted(message.frame ? { ...message, frame: [...message.frame] } : message),
        })
      })
    },
  })
  return {
    page,
    posted,
    complaints,
    close,
    post: async (...messages) => {
      for (const message of messages)
        await page.evaluate(
          (bytes) => postMessage(Uint8Array.from(bytes), '*'),
          [...encodeFrame(FEED_MESSAGES, message)],
        )
    },
    awaited: (kind) => {
      const known = posted.find((message) => message.kind === kind)
      return known ? Promise.resolve(known) : new Promise((resolve) => waiting.push({ kind, resolve }))
    },
  }
}

describe('webviews', () => {
  before(async () => {
    await buildMedia(mediaFolder)
    browser = await launchBrowser()
    server = await servePanels({ mediaFolder, greet: () => [], answer: () => [], asEditor: true })
  })
  after(async () => {
    await browser?.close()
    await server?.close()
    rmSync(mediaFolder, { recursive: true, force: true })
  })

  test('a webview says that it is ready, takes frames, and opens the line of a card that is clicked', async () => {
    const webview = await openWebview('taskGraph')
    const { page, post, awaited } = webview
    assert.deepEqual(await awaited('ready'), { kind: 'ready', panel: 'taskGraph' })
    const feed = new SyntheticFeed({
      program: [{ name: 'load', file: '/w/a.ts', line: 7, column: 3, tasks: 3, after: [] }],
    })
    await post(feed.snapshot())
    await page.getByText('load', { exact: true }).waitFor()
    // The list is there before the canvas knows how large it is: until then a click hits nothing.
    await untilDrawn(page, '.graph-canvas canvas')
    const canvas = (await page.locator('.graph-canvas canvas').boundingBox())!
    // One card stands in the middle of its canvas.
    await page.mouse.click(canvas.x + canvas.width / 2, canvas.y + canvas.height / 2)
    assert.deepEqual(await awaited('open'), { kind: 'open', place: { file: '/w/a.ts', line: 7, column: 3 } })
    await page.getByRole('button', { name: 'Show the tasks of load' }).click()
    const { frame } = await awaited('request')
    assert.deepEqual(decodeFrame(FEED_REQUESTS, Uint8Array.from(frame!)), {
      type: 'unfold',
      group: 10,
      limit: 2000,
    })
    await post(feed.unfold(10, 2000))
    await page.getByRole('button', { name: 'Fold the tasks of load' }).waitFor()
    assert.deepEqual(webview.complaints, [])
    await webview.close()
  })

  test('a run in the stream opens its line', async () => {
    const webview = await openWebview('taskStream')
    const feed = new SyntheticFeed({ workers: 1, threadsPerWorker: 1, tasksPerSecond: 2 })
    await webview.post(feed.snapshot(), ...Array.from({ length: 80 }, () => feed.advance(100)).flat())
    await webview.page.getByRole('button', { name: /^read/ }).first().waitFor()
    await untilDrawn(webview.page, '.stream-rows canvas')
    const rows = (await webview.page.locator('.stream-rows canvas').boundingBox())!
    await webview.page.mouse.click(rows.x + rows.width * 0.6, rows.y + 10)
    const { place } = await webview.awaited('open')
    assert.equal((place as { file: string }).file, '/home/ada/flights/analysis.ts')
    assert.deepEqual(webview.complaints, [])
    await webview.close()
  })

  test('a frame of a failed run leads to its lines', async () => {
    const webview = await openWebview('results')
    await webview.post(...runMessages('r', 1, 'checkAll()', failedEvents()))
    await webview.page.getByRole('button', { name: 'analysis.ts:12' }).click()
    assert.deepEqual(await webview.awaited('open'), {
      kind: 'open',
      place: { file: '/home/ada/flights/analysis.ts', line: 12, column: 9 },
    })
    assert.deepEqual(webview.complaints, [])
    await webview.close()
  })

  test('the results show a run that the editor asks for, and say when it is gone', async () => {
    const webview = await openWebview('results')
    const { page, post } = webview
    await post(
      ...runMessages('r1', 1, 'first()', tableEvents(3)),
      ...runMessages('r2', 2, 'second()', failedEvents()),
    )
    const header = page.locator('.run-header')
    await header.locator('.run-failed').waitFor()
    const ask = (run: string, startedMs: number): Promise<void> =>
      page.evaluate((message) => postMessage(message, '*'), { kind: 'show-run', run, startedMs, askedMs: 3 })
    await ask('r1', 1)
    await header.locator('.run-finished').waitFor()
    await ask('r1', 0)
    await page.getByText('The results of that run are held no longer').waitFor()
    await header.locator('.run-failed').waitFor()
    await post(...runMessages('r3', 4, 'third()', tableEvents(1)))
    await header.locator('.run-finished').waitFor()
    assert.equal(await page.getByText('held no longer').count(), 0)
    assert.deepEqual(webview.complaints, [])
    await webview.close()
  })

  test('of a large array a finer part is asked for as somebody looks closer, and drawn', async () => {
    const webview = await openWebview('results')
    const { page, post } = webview
    const shape = [5, 2000, 3000]
    const steps = [1, 50, 50]
    const zeros = new Float64Array(5 * 40 * 60)
    const counts = [0, 30_000_000, 0]
    const display = {
      ...{ kind: 'array' as const, dtype: 'float64', shape, steps, remote: true, text: 'array(…)' },
      values: new Uint8Array(zeros.buffer),
      figures: { min: -1, max: 1, mean: 0, missing: 0, counts },
    }
    await post(
      ...runMessages('r', 1, 'waves', [
        { kind: 'result', line: 'array', durationMs: 1, display },
        { kind: 'ended', exitCode: 0, reason: 'finished', durationMs: 1 },
      ]),
    )
    interface Asked {
      id: number
      query: { run: string; ranges: { start: number; stop: number; step: number }[]; extremes?: boolean }
    }
    const answered = new Set<number>()
    /** Answers what was asked last with elements that are all `value`. */
    const answer = async (value: number, wanted: (asked: Asked) => boolean): Promise<Asked['query']> => {
      for (;;) {
        const asked = (webview.posted.filter(({ kind }) => kind === 'region') as unknown as Asked[]).find(
          (each) => !answered.has(each.id) && wanted(each),
        )
        if (!asked) {
          await page.evaluate(() => new Promise(requestAnimationFrame))
          continue
        }
        answered.add(asked.id)
        const many = asked.query.ranges.reduce(
          (product, { start, stop, step }) => product * Math.ceil((stop - start) / step),
          1,
        )
        await page.evaluate(
          ({ id, many, value, extremes }) => {
            const bytes = (each: number) => new Uint8Array(new Float64Array(many).fill(each).buffer)
            const more = extremes ? { most: bytes(value + 1), missing: bytes(0) } : {}
            postMessage({ kind: 'page', id, page: { values: bytes(value), ...more } }, '*')
          },
          { id: asked.id, many, value, extremes: asked.query.extremes === true },
        )
        return asked.query
      }
    }
    const first = await answer(0.5, () => true)
    assert.deepEqual(first.ranges[0], { start: 0, stop: 1, step: 1 })
    assert.ok(first.ranges[1].step < 10, 'finer than what came with the result')
    const said = page.getByRole('status').filter({ hasText: 'float64' })
    await said.getByText('drawn is one in').waitFor()
    const picture = page.getByRole('img', { name: 'Heat map of float64, 5 × 2000 × 3000' })
    await picture.focus()
    for (let i = 0; i < 3; i++) await page.keyboard.press('+')
    // On a busy machine parts are asked for between two keys, too: the last one shows an eighth of each axis.
    const near = await answer(-0.5, ({ query: { ranges } }) => ranges[1].stop - ranges[1].start <= 2000 / 8)
    assert.deepEqual(near.ranges.slice(1), [
      { start: 875, stop: 1125, step: 1 },
      { start: 1313, stop: 1688, step: 1 },
    ])
    await page.waitForFunction(
      () => !document.querySelector('.array-figures')?.textContent?.includes('fetching'),
    )
    await said.getByText('875 to 1,124 along axis 1, 1,313 to 1,687 along axis 2', { exact: false }).waitFor()
    await picture.hover({ position: { x: 60, y: 60 } })
    await said.getByText(/\[0, \d+, \d+\] = -0\.5/).waitFor()
    await page.getByRole('slider', { name: 'Place along axis 0' }).fill('4')
    const other = await answer(0.25, ({ query }) => query.ranges[0].start === 4)
    assert.deepEqual(other.ranges.slice(1), near.ranges.slice(1))
    await page.getByRole('button', { name: 'Line', exact: true }).click()
    const line = await answer(0, ({ query }) => query.ranges[1].stop === 1)
    assert.deepEqual(line.ranges[2], { start: 0, stop: 3000, step: 1 })
    assert.deepEqual(webview.complaints, [])
    await webview.close()
  })

  test('the slider of the workers asks for as many as it is set to', async () => {
    const webview = await openWebview('workers')
    const { page } = webview
    const feed = new SyntheticFeed({ workers: 2 })
    await webview.post(feed.snapshot())
    const slider = page.getByRole('slider', { name: 'How many workers' })
    await page.locator('.scale').getByText('2 workers').waitFor()
    assert.equal(await slider.inputValue(), '2')
    await slider.focus()
    await page.keyboard.press('ArrowRight')
    assert.deepEqual(await webview.awaited('scale'), { kind: 'scale', workers: 3 })
    await page.locator('.scale').getByText('2 → 3').waitFor()
    assert.deepEqual(webview.complaints, [])
    await webview.close()
  })

  test('what a result is saved as goes to the editor, and so does the wish for all rows', async () => {
    const webview = await openWebview('results')
    await webview.post(...runMessages('r', 1, 'delays.compute()', tableEvents(3)))
    await webview.page.getByRole('button', { name: 'Save these 3 rows as CSV' }).click()
    assert.equal((await webview.awaited('save')).name, 'rows.csv')
    await webview.page.getByRole('button', { name: 'Save all rows…' }).click()
    assert.deepEqual(await webview.awaited('save-rows'), { kind: 'save-rows', run: 'r' })
    assert.deepEqual(webview.complaints, [])
    await webview.close()
  })

  for (const panel of ['taskGraph', 'taskStream', 'workers', 'gpu', 'results'])
    test(`without a cluster ${panel} offers to start one`, async () => {
      const webview = await openWebview(panel)
      await webview.awaited('ready')
      await webview.page.evaluate(() => postMessage({ kind: 'cluster', state: 'none' }, '*'))
      await webview.page.getByText('No cluster is running').waitFor()
      await webview.page.getByRole('button', { name: 'Start Local Cluster' }).click()
      assert.deepEqual(await webview.awaited('command'), { kind: 'command', command: 'startLocalCluster' })
      await webview.page.evaluate(() => postMessage({ kind: 'cluster', state: 'connecting' }, '*'))
      await webview.page.getByText('Connecting to the cluster…').waitFor()
      assert.deepEqual(webview.complaints, [])
      await webview.close()
    })

  test('what was seen of a cluster that closed stays, with a way to another', async () => {
    const webview = await openWebview('results')
    const feed = new SyntheticFeed()
    await webview.post(feed.snapshot(), ...runMessages('r', 1, 'checkAll()', failedEvents()))
    await webview.page.getByText('checkAll()').waitFor()
    await webview.page.evaluate(() => postMessage({ kind: 'cluster', state: 'none' }, '*'))
    await webview.page.getByText('The cluster has closed. What you see is how it ended.').waitFor()
    await webview.page.getByText('checkAll()').waitFor()
    await webview.page.getByRole('button', { name: 'Start another' }).click()
    assert.deepEqual(await webview.awaited('command'), { kind: 'command', command: 'startLocalCluster' })
    assert.deepEqual(webview.complaints, [])
    await webview.close()
  })

  test('the overview leads to the other panels inside a webview too', async () => {
    const webview = await openWebview('dashboard')
    const { page } = webview
    await webview.post(new SyntheticFeed().snapshot())
    await page.getByRole('navigation').getByRole('link', { name: 'Workers' }).click()
    await page.getByRole('region', { name: 'Workers' }).waitFor()
    await page.getByRole('link', { name: 'Heddle, overview' }).click()
    await page.getByRole('region', { name: 'Progress' }).getByRole('link', { name: 'Task graph' }).click()
    await page.getByRole('application', { name: /^Task graph/ }).waitFor()
    assert.deepEqual(webview.complaints, [])
    await webview.close()
  })

  test('the jobs panel shows every job with its reason and time, and asks for what is clicked', async () => {
    const webview = await openWebview('jobs')
    const { page, posted, post, complaints } = webview
    const feed = new SyntheticFeed()
    await post(feed.snapshot())
    await page.getByText('The workers of this cluster are no jobs').waitFor()
    await post({ type: 'jobs', news: jobsNews(feed.nowMs) })
    const row = (id: string) => page.getByRole('row').filter({ has: page.getByText(id, { exact: true }) })
    await page.getByText('2 jobs, 1 of gpu wanted').waitFor()
    await page.getByText('follows the load').waitFor()
    await page.getByText(/scheduler in job 9 on node1, \S+ .*left/).waitFor()
    assert.match((await row('12').textContent())!, /running.*node1.*30 min.*4 cores · 8GB.*2/)
    assert.match((await row('13').textContent())!, /gpu.*pending.*Resources: nodes are busy/)
    assert.match((await row('14').textContent())!, /suspended.*node2/)
    assert.match((await row('11').textContent())!, /was preempted/)
    // One that has ended has a log, and cannot be cancelled.
    assert.equal(await row('11').getByRole('button').count(), 1)
    await row('11').getByRole('button', { name: 'Log of job 11' }).click()
    await row('12').getByRole('button', { name: 'Cancel job 12' }).click()
    for (const name of ['Scale…', 'Follow the Load…', 'End Cluster']) await page.getByText(name).click()
    const asked = () => posted.filter(({ kind }) => kind === 'job')
    while (asked().length < 5) await page.evaluate(() => 0)
    assert.deepEqual(asked(), [
      { kind: 'job', action: 'log', id: '11' },
      { kind: 'job', action: 'cancel', id: '12' },
      { kind: 'job', action: 'scale' },
      { kind: 'job', action: 'adapt' },
      { kind: 'job', action: 'down' },
    ])
    // What has changed is all that is told.
    const stopped = 'no more jobs are submitted, since 3 in a row came to nothing: job 15 failed on node2'
    await post({ type: 'jobs', news: { ...jobsNews(feed.nowMs), jobs: [], gone: ['11'], stopped } })
    await page.getByRole('alert').filter({ hasText: stopped }).waitFor()
    assert.equal(await row('11').count(), 0)
    assert.equal(await row('12').count(), 1)
    assert.deepEqual(complaints, [])
    await webview.close()
  })

  for (const width of [300, 560, 900])
    test(`long names of jobs neither reach beyond ${width} pixels nor lie over each other`, async () => {
      const { page, post, complaints, close } = await openWebview('jobs')
      await page.setViewportSize({ width, height: 900 })
      const feed = new SyntheticFeed()
      await post(feed.snapshot())
      const long = 'räknaMedelvärdetAvAllaFörseningarFör各空港と航空会社ごとに_perAirportAndCarrier_2026_v2'
      await post({ type: 'jobs', news: longJobsNews(feed.nowMs, long) })
      await page.getByRole('button', { name: 'Cancel job 123456712_2' }).waitFor()
      assert.deepEqual(await beyondEdge(page), [])
      assert.deepEqual(await overlaps(page), [])
      assert.deepEqual(complaints, [])
      await close()
    })
})
