// Every panel in a real browser, under its strict policy, fed by real frames: what a person sees, clicks and types.
//
// With HEDDLE_SCREENSHOTS=<folder> pictures of every panel are written there, to be looked at.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { buildMedia } from '../../media/build.ts'
import type { PanelName } from '../../media/panels.ts'
import type { FeedMessage } from '../../runtime/protocol/feed.ts'
import {
  arrayEvents,
  failedEvents,
  goingEvents,
  runMessages,
  tableEvents,
  treeEvents,
} from '../media/kit/sampleRuns.ts'
import { SyntheticFeed } from '../media/kit/syntheticFeed.ts'
import { HOSTILE } from '../media/kit/syntheticProgram.ts'
import { launchBrowser, openWatched, type WatchedPage } from './kit/browser.ts'
import { type PanelServer, servePanels } from './kit/panelServer.ts'
import { coloursOf, untilCommonest } from './kit/pixels.ts'

const screenshots = process.env.HEDDLE_SCREENSHOTS
const mediaFolder = mkdtempSync(join(tmpdir(), 'heddle-media-'))
let browser: Browser

/** A cluster that has worked for a while, and everything it said. */
function playedFeed(): { feed: SyntheticFeed; told: FeedMessage[] } {
  const feed = new SyntheticFeed({ tasksPerSecond: 400, gpus: 1 })
  const told = [feed.snapshot()]
  feed.fail(15, 7)
  feed.paused.add(3)
  for (let i = 0; i < 700; i++) told.push(...feed.advance(100))
  const at = feed.nowMs
  told.push(
    ...runMessages('r1', at - 90_000, 'analysis.ts', goingEvents()),
    ...runMessages('r2', at - 60_000, 'byAirport.topK(10)', treeEvents()),
    ...runMessages('r3', at - 40_000, 'checkAll()', failedEvents()),
    ...runMessages('r4', at - 20_000, 'delays.compute()', tableEvents(800)),
    { type: 'log', level: 'info', text: 'loom-03 joined with 4 threads' },
    {
      type: 'log',
      level: 'warn',
      text: 'loom-02 takes no new tasks: its memory is at 82%',
      worker: 'loom-02',
    },
  )
  return { feed, told }
}

/** Serves panels to one test and checks at its end that no page complained or asked for anything foreign. */
async function withPanels(
  greet: () => FeedMessage[],
  check: (
    open: (path: string, dark?: boolean, size?: [number, number]) => Promise<WatchedPage>,
    server: PanelServer,
  ) => Promise<void>,
  feed?: SyntheticFeed,
): Promise<void> {
  const server = await servePanels({
    mediaFolder,
    greet,
    answer: (request) =>
      !feed
        ? []
        : request.type === 'unfold'
          ? [feed.unfold(request.group, request.limit)]
          : request.type === 'memory'
            ? request.on
              ? [feed.memory()]
              : []
            : request.type === 'story'
              ? [feed.story(request.key)]
              : [],
  })
  const opened: WatchedPage[] = []
  try {
    await check(async (path, dark = false, [width, height] = [1180, 720]) => {
      const watched = await openWatched(browser, server.url + path, {
        colorScheme: dark ? 'dark' : 'light',
        viewport: { width, height },
      })
      opened.push(watched)
      return watched
    }, server)
    assert.deepEqual(
      opened.flatMap(({ complaints, foreign }) => [...complaints, ...foreign]),
      [],
    )
    assert.deepEqual(server.missing, [])
  } finally {
    for (const watched of opened) await watched.close()
    await server.close()
  }
}

async function shoot(page: Page, name: string): Promise<void> {
  if (!screenshots) return
  mkdirSync(screenshots, { recursive: true })
  await page.screenshot({ path: join(screenshots, `${name}.png`) })
}

/** The largest number of flights in the table that `tableEvents` makes. */
const LARGEST = Math.max(...Array.from({ length: 800 }, (_, i) => (i * 7919) % 98_317)).toLocaleString('en')

const sees = (page: Page, text: string | RegExp): Promise<void> => page.getByText(text).first().waitFor()

describe('panels', () => {
  before(async () => {
    await buildMedia(mediaFolder)
    browser = await launchBrowser()
  })
  after(async () => {
    await browser?.close()
    rmSync(mediaFolder, { recursive: true, force: true })
  })

  // Dark differs in colours alone: one test below says so, and pictures are taken of both.
  for (const dark of screenshots ? [false, true] : [false]) {
    const scheme = dark ? 'dark' : 'light'

    test(`the overview shows cluster, progress, rates, workers, runs and log (${scheme})`, async () => {
      const { told } = playedFeed()
      await withPanels(
        () => told,
        async (open) => {
          const { page } = await open('', dark, [1180, 1330])
          await sees(page, 'cloth-7f3a')
          for (const text of [
            'live',
            'readParquet',
            'mergeCounts',
            'loom-04',
            'Tasks a second',
            'checkAll()',
          ])
            await sees(page, text)
          await sees(page, 'loom-02 takes no new tasks: its memory is at 82%')
          await page.getByRole('img', { name: /^readCsv: [\d,]+ done/ }).waitFor()
          assert.ok((await coloursOf(page, '.chart canvas')) > 10, 'the throughput chart is drawn')
          await shoot(page, `overview-${scheme}`)
          await page.getByRole('link', { name: 'Task stream' }).click()
          await page.getByRole('application', { name: /^Task stream/ }).waitFor()
          assert.equal(await page.title(), 'Task stream · Heddle')
        },
      )
    })

    test(`the task graph shows groups, and tasks when unfolded (${scheme})`, async () => {
      const { feed, told } = playedFeed()
      await withPanels(
        () => told,
        async (open, server) => {
          const { page } = await open('taskGraph', dark)
          await sees(page, 'byAirport')
          assert.ok((await coloursOf(page, '.graph-canvas canvas')) > 10, 'cards are drawn')
          await shoot(page, `task-graph-${scheme}`)
          await page.getByRole('button', { name: 'Show the tasks of mergeCounts' }).click()
          await page.getByRole('button', { name: 'Fold the tasks of mergeCounts' }).waitFor()
          assert.deepEqual(
            server.requests.filter(({ type }) => type === 'unfold'),
            [{ type: 'unfold', group: 20, limit: 2000 }],
          )
          await page.waitForFunction(
            () => document.querySelector('.group-list button[title="Fit all (0)"]') === null,
          )
          await shoot(page, `task-graph-unfolded-${scheme}`)
          await page.getByRole('button', { name: 'Fold the tasks of mergeCounts' }).click()
          await page.getByRole('button', { name: 'Show the tasks of mergeCounts' }).waitFor()
        },
        feed,
      )
    })

    test(`the task stream draws runs and transfers, and names what ran (${scheme})`, async () => {
      const { told } = playedFeed()
      await withPanels(
        () => told,
        async (open) => {
          const { page } = await open('taskStream', dark)
          await page.getByRole('button', { name: /^readCsv/ }).waitFor()
          await page.locator('.stream-legend').getByText('transfers').waitFor()
          assert.ok((await coloursOf(page, '.stream-rows canvas')) > 8, 'runs of many groups are drawn')
          await page.mouse.move(600, 130)
          await sees(page, 'Started at')
          await shoot(page, `task-stream-${scheme}`)
        },
      )
    })

    test(`the workers show CPU, memory, threads and tasks (${scheme})`, async () => {
      const { told } = playedFeed()
      await withPanels(
        () => told,
        async (open) => {
          const { page } = await open('workers', dark)
          const names = page.locator('.workers tbody th .worker-name')
          await names.nth(3).waitFor()
          assert.deepEqual(await names.allTextContents(), ['loom-01', 'loom-02', 'loom-03', 'loom-04'])
          await page
            .getByRole('img', { name: /^Memory [\d.]+ GB of 4.29 GB \(\d+%\): .* managed, .* unmanaged/ })
            .first()
            .waitFor()
          await page.getByRole('img', { name: '4 of 4 threads busy' }).first().waitFor()
          await sees(page, 'paused')
          await sees(page, 'reads wait')
          await page.locator('.chart canvas').nth(3).waitFor()
          assert.equal(await page.locator('.chart canvas').count(), 4)
          await shoot(page, `workers-${scheme}`)
        },
      )
    })

    test(`the workers show the memory of keys by name, sorted, of all or of one (${scheme})`, async () => {
      const { feed, told } = playedFeed()
      await withPanels(
        () => told,
        async (open, server) => {
          const { page } = await open('workers', dark, [1180, 1300])
          const names = page.locator('.prefixes tbody .prefix-name')
          await names.first().waitFor()
          assert.ok(server.requests.some((request) => request.type === 'memory' && request.on))
          const largestFirst = await names.allTextContents()
          assert.equal(largestFirst.length, 6)
          await page.getByRole('button', { name: 'Keys' }).click()
          assert.deepEqual(await names.allTextContents(), largestFirst.toSorted())
          await page.getByRole('button', { name: 'On disk' }).click()
          assert.equal(await page.locator('.prefixes th[aria-sort=descending]').textContent(), 'On disk ↓')
          await shoot(page, `workers-memory-${scheme}`)
          // The second worker is not paused: nothing of its is on disk, and something is on its way to it.
          await page.getByLabel('Whose memory').selectOption({ index: 2 })
          assert.equal(await page.locator('.prefixes .part.spilled').count(), 0)
          assert.equal(await page.locator('.prefixes .part.transfer').count(), 1)
        },
        feed,
      )
    })

    test(`the GPUs show utilisation, memory and temperature (${scheme})`, async () => {
      const { told } = playedFeed()
      await withPanels(
        () => told,
        async (open) => {
          const { page } = await open('gpu', dark)
          await page.getByRole('region', { name: 'GPU 0 of node2' }).waitFor()
          await page
            .getByRole('img', { name: /^Utilisation \d+%$/ })
            .first()
            .waitFor()
          await page
            .getByRole('img', { name: /^Memory [\d.]+ GB of 42.9 GB$/ })
            .first()
            .waitFor()
          await sees(page, /\d+ °C/)
          await shoot(page, `gpu-${scheme}`)
        },
      )
    })

    test(`the results show a table, a tree, a failure and a run that goes on (${scheme})`, async () => {
      const { told } = playedFeed()
      await withPanels(
        () => told,
        async (open) => {
          const { page } = await open('results', dark)
          await sees(page, 'The first 800 of 8,000 rows')
          assert.equal(await page.getByRole('table').getAttribute('aria-rowcount'), '801')
          await page.getByRole('button', { name: 'flights' }).click()
          await page.getByRole('button', { name: 'flights' }).click()
          assert.equal(
            await page.locator('.grid tbody tr').first().locator('td').nth(3).textContent(),
            LARGEST,
          )
          await page
            .getByRole('columnheader', { name: 'flights' })
            .and(page.locator('[aria-sort=descending]'))
            .waitFor()
          await shoot(page, `results-table-${scheme}`)
          const choose = async (label: string): Promise<void> => {
            await page.locator('vscode-single-select').click()
            await page.getByRole('option', { name: label }).click()
          }
          await choose('checkAll()')
          await page
            .getByRole('alert')
            .getByText('a delay of -9999 minutes cannot be right')
            .first()
            .waitFor()
          await sees(page, 'analysis.ts:31')
          await sees(page, 'warning: 3 rows without a carrier')
          await shoot(page, `results-failed-${scheme}`)
          await choose('byAirport.topK(10)')
          await page.getByRole('tree').focus()
          for (const key of ['End', 'ArrowLeft']) await page.keyboard.press(key)
          await page.getByRole('treeitem', { selected: true }).getByText('worst').waitFor()
          await shoot(page, `results-tree-${scheme}`)
          await choose('analysis.ts')
          await sees(page, '121,044 / 307,429 · 19.8k/s')
        },
      )
    })
  }

  for (const dark of [false, true])
    test(`an array is a heat map, a line or a distribution at any place, and is saved (${dark ? 'dark' : 'light'})`, async () => {
      const { feed, told } = playedFeed()
      const scheme = dark ? 'dark' : 'light'
      await withPanels(
        () => [...told, ...runMessages('r5', feed.nowMs - 1000, 'waves.compute()', arrayEvents())],
        async (open) => {
          const { page } = await open('results', dark)
          const picture = page.getByRole('img', { name: 'Heat map of float64, 12 × 60 × 90' })
          await picture.waitFor()
          await sees(page, 'from 5 to 25, 15.02 on average · 31,000 NaN')
          assert.ok(
            (await coloursOf(page, '.array-picture canvas')) > 100,
            'it has the colours of its numbers',
          )
          await picture.hover({ position: { x: 420, y: 300 } })
          await page.getByText(/\[0, \d+, \d+\] = \d/).waitFor()
          const pixels = (): Promise<string> =>
            page
              .locator('.array-picture canvas')
              .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())
          const first = await pixels()
          await page.getByRole('slider', { name: 'Place along axis 0' }).fill('6')
          assert.notEqual(await pixels(), first, 'another day is another picture')
          await shoot(page, `results-array-${scheme}`)
          const saved = page.waitForEvent('download')
          await page.getByRole('button', { name: 'Save as PNG' }).click()
          const file = await saved
          assert.equal(file.suggestedFilename(), 'array.png')
          assert.deepEqual([...readFileSync(await file.path()).subarray(1, 4)], [...Buffer.from('PNG')])
          await page.getByRole('button', { name: 'Line', exact: true }).click()
          await page.getByRole('combobox', { name: 'along' }).selectOption('0')
          await page.getByRole('slider', { name: 'Place along axis 1' }).fill('30')
          await page.getByRole('slider', { name: 'Place along axis 2' }).fill('45')
          await page.getByRole('img', { name: /^Line of/ }).waitFor()
          await shoot(page, `results-array-line-${scheme}`)
          const savedLine = page.waitForEvent('download')
          await page.getByRole('button', { name: 'Save as CSV' }).click()
          const text = readFileSync(await (await savedLine).path(), 'utf8')
          assert.equal(text.split(',').length, 12)
          await page.getByRole('button', { name: 'Distribution' }).click()
          await page.getByRole('img', { name: /^Distribution of/ }).waitFor()
          await shoot(page, `results-array-distribution-${scheme}`)
        },
      )
    })

  test('the rows of a table are saved as CSV', async () => {
    const { told } = playedFeed()
    await withPanels(
      () => told,
      async (open) => {
        const { page } = await open('results')
        const saved = page.waitForEvent('download')
        await page.getByRole('button', { name: 'Save these 800 rows as CSV' }).click()
        const lines = readFileSync(await (await saved).path(), 'utf8').split('\r\n')
        assert.equal(lines[0], 'carrier,airport,flights,meanDelay,cancelled')
        assert.equal(lines.length, 802)
        assert.match(lines[2], /^AS,ORD,7919,/)
      },
    )
  })

  for (const width of [610, 420, 300])
    test(`in a panel of ${width} pixels every cell of the workers' table is whole`, async () => {
      const { told } = playedFeed()
      await withPanels(
        () => told,
        async (open) => {
          const { page } = await open('workers', false, [width, 900])
          await page.locator('.workers tbody tr').nth(3).waitFor()
          await shoot(page, `workers-${width}`)
          const cut = await page
            .locator('.workers tbody :is(.meter-text, .column-doing, .threads, .worker-name)')
            .evaluateAll(
              (cells, right) =>
                cells
                  .filter(
                    (cell) =>
                      cell.scrollWidth > cell.clientWidth + 1 || cell.getBoundingClientRect().right > right,
                  )
                  .map((cell) => `${cell.className}: ${cell.textContent}`),
              width,
            )
          assert.deepEqual(cut, [])
        },
      )
    })

  test('names and texts that are markup stay text', async () => {
    const feed = new SyntheticFeed({ program: HOSTILE, tasksPerSecond: 50, gpus: 1, workers: 1 })
    const name = HOSTILE[0].name
    for (const info of feed.workers) Object.assign(info, { name, host: name })
    const told = [feed.snapshot(), ...feed.advance(2000), ...feed.advance(2000)]
    told.push({ type: 'log', level: 'info', text: name }, { type: 'closing', reason: name })
    told.push(
      ...runMessages('r', 1, name, [
        { kind: 'notice', text: name },
        { kind: 'output', stream: 'stdout', text: name },
        {
          kind: 'failed',
          failure: { name, message: name, stack: name, frames: [{ file: name, line: 1, column: 1 }] },
        },
        {
          kind: 'result',
          line: name,
          durationMs: 1,
          display: { kind: 'table', columns: [name], numeric: [false], rows: [[name]], totalRows: 1 },
        },
      ]),
    )
    await withPanels(
      () => told,
      async (open) => {
        for (const panel of ['', 'taskGraph', 'taskStream', 'workers', 'gpu', 'results']) {
          const { page } = await open(panel)
          await sees(page, name)
          assert.equal(await page.locator('img, script:not([nonce]), b').count(), 0, panel)
          assert.match(await page.title(), /Heddle$/)
        }
      },
    )
  })

  test('without anything to show, every panel says what to do', async () => {
    const feed = new SyntheticFeed({ workers: 0, program: [] })
    const says: [PanelName, RegExp][] = [
      ['dashboard', /heddle worker starts one/],
      ['taskGraph', /Run an expression or a file/],
      ['taskStream', /Run an expression or a file/],
      ['workers', /Start one beside the scheduler with heddle worker/],
      ['gpu', /they appear here once a worker has joined/],
      ['results', /Click ▷ Run above an expression/],
    ]
    await withPanels(
      () => [feed.snapshot()],
      async (open) => {
        for (const [panel, text] of says) {
          const { page } = await open(panel)
          await sees(page, text)
          await shoot(page, `empty-${panel}`)
        }
      },
    )
  })

  test('machines without a GPU are named', async () => {
    const feed = new SyntheticFeed({ gpus: 0 })
    await withPanels(
      () => [feed.snapshot(), ...feed.advance(100)],
      async (open) => {
        const { page } = await open('gpu')
        await sees(page, 'No GPU on node1, node2')
        await sees(page, /nvidia-smi/)
      },
    )
  })

  test('a broken connection is said, and mended by itself', async () => {
    const { told } = playedFeed()
    await withPanels(
      () => told,
      async (open, server) => {
        const { page, complaints } = await open('workers')
        await sees(page, 'loom-01')
        server.breakFeeds()
        await page.getByRole('alert').getByText('The connection broke').waitFor()
        await page.getByRole('alert').waitFor({ state: 'detached' })
        const hellos = (): number => server.requests.filter(({ type }) => type === 'hello').length
        // The page may show that it is connected before the server has read what it said.
        while (hellos() < 2) await page.evaluate(() => new Promise(requestAnimationFrame))
        assert.equal(hellos(), 2)
        server.send({ type: 'closing', reason: 'heddle scheduler was interrupted' })
        await sees(page, /The cluster has closed: heddle scheduler was interrupted/)
        assert.deepEqual(complaints, [])
      },
    )
  })

  test('a panel as narrow as a side bar loses nothing', async () => {
    const { told } = playedFeed()
    await withPanels(
      () => told,
      async (open) => {
        for (const panel of ['', 'taskGraph', 'taskStream', 'workers', 'gpu', 'results']) {
          const { page } = await open(panel, true, [360, 640])
          await page.locator('.progress-header, .tiles, .run-header').first().waitFor()
          assert.equal(
            await page.evaluate(() => document.documentElement.scrollWidth > innerWidth),
            false,
            `${panel} is wider than its place`,
          )
          await shoot(page, `narrow-${panel || 'dashboard'}`)
        }
      },
    )
  })

  test('the keyboard reaches the graph and the stream', async () => {
    const { feed, told } = playedFeed()
    await withPanels(
      () => told,
      async (open) => {
        const graph = (await open('taskGraph')).page
        // Keys go to what is there.
        await graph.getByRole('button', { name: /^parseFlight/ }).waitFor()
        await graph.getByRole('application', { name: /^Task graph/ }).focus()
        for (const key of ['ArrowDown', 'ArrowDown']) await graph.keyboard.press(key)
        await graph.getByRole('button', { name: /^parseFlight/, pressed: true }).waitFor()
        await graph.keyboard.press('Space')
        await graph.getByRole('button', { name: 'Fold the tasks of parseFlight' }).waitFor()
        const stream = (await open('taskStream')).page
        await stream.getByRole('button', { name: /^readCsv/ }).waitFor()
        await stream.getByRole('application', { name: /^Task stream/ }).focus()
        await stream.keyboard.press('ArrowLeft')
        await stream.getByRole('button', { name: 'Follow the newest', pressed: false }).waitFor()
        await stream.keyboard.press('+')
        await sees(stream, '6.00 s shown')
        await stream.keyboard.press('End')
        await stream.getByRole('button', { name: 'Follow the newest', pressed: true }).waitFor()
      },
      feed,
    )
  })

  test('canvases follow the theme when it changes under them', async () => {
    const { told } = playedFeed()
    await withPanels(
      () => told,
      async (open) => {
        const { page } = await open('taskGraph')
        await sees(page, 'readParquet')
        await untilCommonest(page, '.graph-canvas canvas', '246,247,249')
        await page.emulateMedia({ colorScheme: 'dark' })
        await untilCommonest(page, '.graph-canvas canvas', '29,33,41')
      },
    )
  })

  test('high contrast is heeded, and nothing moves by itself', async () => {
    const { told } = playedFeed()
    const server = await servePanels({ mediaFolder, greet: () => told, answer: () => [] })
    try {
      const { page, complaints, close } = await openWatched(browser, server.url, {
        colorScheme: 'dark',
        contrast: 'more',
        reducedMotion: 'reduce',
        viewport: { width: 1180, height: 1330 },
      })
      await sees(page, 'readParquet')
      const seen = await page.evaluate(() => [
        getComputedStyle(document.body).backgroundColor,
        document.getAnimations().length,
      ])
      assert.deepEqual(seen, ['rgb(0, 0, 0)', 0])
      await shoot(page, 'overview-high-contrast')
      assert.deepEqual(complaints, [])
      await close()
    } finally {
      await server.close()
    }
  })
})
