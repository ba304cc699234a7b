// Pages of a run's table that stays on the cluster: asked for after the run, filtered and sorted as a whole, until newer results take its place.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type LocalCluster, startLocalCluster } from '../../runtime/cluster/localCluster.ts'
import { Runs } from '../../runtime/host/runs.ts'
import type { RowsView } from '../../runtime/protocol/rows.ts'
import type { RunEvent, RunSpec } from '../../runtime/protocol/runs.ts'

const SOURCE = `import { array, bag, dataframe } from 'heddle'
const frame = dataframe.fromBag(
  bag.range(2_000_000, { partitions: 8 }).map((n) => ({ n, half: n / 2, word: n % 3 === 0 ? 'Fizz ' + n : null })),
  { schema: { n: 'int64', half: 'float64', word: 'string' } },
)
const kept = await frame.persist()
const dated = dataframe.fromBag(
  bag.range(3000, { partitions: 2 }).map((n) => {
    const at = new Date(Date.UTC(2024, 0, 1, n))
    return { n, day: at, at, here: at }
  }),
  { schema: { n: 'int64', day: 'date', at: 'datetime', here: { datetime: 'us', zone: 'Asia/Tokyo' } } },
)
const small = await frame.head(5).persist()
const days = await dated.persist()
const table = await frame.head(3000).compute()
const squares = bag.range(5000, { partitions: 4 }).map((n) => ({ n, square: n * n }))
const whole = squares.filter(({ n }) => n >= 0)
const waves = array.arange(0, 3000 * 1700, 1, { chunks: 1_000_003 }).reshape([3000, 1700]).multiply(0.5)
const holes = waves.where(waves.gt(10), Number.NaN).where(waves.lt(2_549_999), Infinity)
const large = array.arange(400_000, { dtype: 'int64', chunks: 70_001 }).add(9007199254740993n)
const turned = (await array.arange(200_000, { chunks: 50_000 }).compute()).multiply(2)
const roots = await bag.range(4000).map((n) => Math.sqrt(n)).compute()
`
const doubles = (bytes: Uint8Array | undefined): number[] => [...new Float64Array(bytes!.slice().buffer)]
const WHOLE: RowsView = { filter: '' }

describe('pages of a result', () => {
  let folder: string
  let cluster: LocalCluster
  let runs: Runs
  const events: { run: string; event: RunEvent }[] = []
  const heard = new Set<() => void>()

  before(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-pages-')))
    cluster = await startLocalCluster({ workers: 1, threadsPerWorker: 2 })
    runs = new Runs(cluster.file)
    runs.watch(({ run, event }) => {
      events.push({ run, event })
      for (const each of heard) each()
    })
  })
  after(async () => {
    await runs.stop()
    await cluster.close()
    rmSync(folder, { recursive: true })
  })

  /** Runs an expression to the end of its run. */
  async function ran(
    text: string,
    more: Partial<RunSpec> = {},
  ): Promise<{ run: string; events: RunEvent[] }> {
    const file = join(folder, 'analysis.ts')
    writeFileSync(file, SOURCE)
    const start = SOURCE.indexOf(text)
    const expression = { start, end: start + text.length, label: text }
    const run = runs.start({ file, expression, pages: true, ...more })
    const own = (): RunEvent[] => events.filter((each) => each.run === run).map(({ event }) => event)
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!own().some(({ kind }) => kind === 'ended')) return
        heard.delete(look)
        resolve()
      }
      heard.add(look)
      look()
    })
    return { run, events: own() }
  }

  const resultOf = (told: readonly RunEvent[]): Extract<RunEvent, { kind: 'result' }> => {
    const result = told.find((event) => event.kind === 'result')
    assert.ok(result, JSON.stringify(told))
    return result
  }

  test('of two million rows the first come with the result, others when they are asked for', async () => {
    const { run, events: told } = await ran('await frame.persist()')
    assert.equal(told.at(-1)?.kind, 'ended')
    const { line, display } = resultOf(told)
    assert.equal(line, 'DataFrame(2000000 × 3)')
    assert.ok(display.kind === 'table' && display.remote)
    assert.deepEqual(display.numeric, [true, true, false])
    assert.deepEqual([display.rows.length, display.totalRows], [1000, 2_000_000])
    assert.deepEqual(display.rows[3], ['3', '1.5', 'Fizz 3'])
    // Over the edge of two partitions, and at the end.
    const middle = await runs.rows({ run, view: WHOLE, start: 249_999, count: 2 })
    assert.deepEqual(
      middle.rows.map(([n]) => n),
      ['249999', '250000'],
    )
    const last = await runs.rows({ run, view: WHOLE, start: 1_999_999, count: 200 })
    assert.deepEqual([last.totalRows, last.rows], [2_000_000, [['1999999', '999999.5', 'null']]])
  })

  test('of a large array a part comes as somebody looks at it, its figures are of all, and lines are of all elements', async () => {
    const { run, events: told } = await ran(
      'waves.where(waves.gt(10), Number.NaN).where(waves.lt(2_549_999), Infinity)',
    )
    const { line, display } = resultOf(told)
    assert.equal(line, 'array(3000 × 1700) of float64')
    assert.ok(display.kind === 'array' && display.remote)
    const { shape, steps, figures } = display
    assert.deepEqual(shape, [3000, 1700])
    const here = shape.reduce((product, length, axis) => product * Math.ceil(length / steps[axis]), 1)
    assert.ok(here <= 131_072 && display.values.byteLength === 8 * here, `${here} elements`)
    // 0 to 10 are holes, 21 of them; the last two elements, 2549999 and 2549999.5, are infinite.
    assert.deepEqual(
      [figures?.min, figures?.max, figures?.missing, figures?.infinite],
      [10.5, 2_549_998.5, 23, { positive: 2, negative: 0 }],
    )
    assert.equal(
      figures?.counts.reduce((a, b) => a + b),
      3000 * 1700 - 23,
    )
    assert.match(display.text, /^array\(\[\[.*nan,.*\.\.\..*inf\]\], shape=\(3000, 1700\), dtype=float64\)$/s)
    const range = (start: number, stop: number, step = 1) => ({ start, stop, step })
    const near = await runs.region({ run, ranges: [range(1000, 1002), range(588, 591)] })
    const rows = [1000, 1001].flatMap((y) => [588, 589, 590].map((x) => (y * 1700 + x) / 2))
    assert.deepEqual(doubles(near.values), rows)
    const far = await runs.region({ run, ranges: [range(0, 3000, 1500), range(1699, 1700)] })
    assert.deepEqual(doubles(far.values), [849.5, (1500 * 1700 + 1699) / 2])
    const first = { run, ranges: [range(0, 1), range(0, 1700, 500)], extremes: true }
    const { values, most, missing } = await runs.region(first)
    assert.deepEqual(
      [doubles(values), doubles(most), doubles(missing)],
      [
        [10.5, 250, 500, 750],
        [249.5, 499.5, 749.5, 849.5],
        [21, 0, 0, 0],
      ],
    )
    await assert.rejects(
      runs.region({ run, ranges: [range(0, 3001), range(0, 1)] }),
      /is no part of an array of 3000 × 1700/,
    )
  })

  test('integers beyond what a number holds come exactly, and an array that the program has comes in parts too', async () => {
    const exact = await ran(
      "array.arange(400_000, { dtype: 'int64', chunks: 70_001 }).add(9007199254740993n)",
    )
    const { display } = resultOf(exact.events)
    assert.ok(display.kind === 'array' && display.remote)
    assert.deepEqual(display.figures?.exact, { min: '9007199254740993', max: '9007199255140992' })
    const part = await runs.region({ run: exact.run, ranges: [{ start: 70_000, stop: 70_003, step: 2 }] })
    assert.deepEqual(
      [...new BigInt64Array(part.exact!.slice().buffer)],
      [9007199254810993n, 9007199254810995n],
    )
    const here = await ran('(await array.arange(200_000, { chunks: 50_000 }).compute()).multiply(2)')
    const shown = resultOf(here.events).display
    assert.ok(shown.kind === 'array' && shown.remote)
    const region = await runs.region({ run: here.run, ranges: [{ start: 199_998, stop: 200_000, step: 1 }] })
    assert.deepEqual(doubles(region.values), [399_996, 399_998])
  })

  test('what a bag gave comes in pages too: records that are lazy, and plain values', async () => {
    const lazy = await ran('squares.filter(({ n }) => n >= 0)')
    const { display } = resultOf(lazy.events)
    assert.ok(display.kind === 'table' && display.remote)
    assert.deepEqual([display.columns, display.rows.length, display.totalRows], [['n', 'square'], 1000, 5000])
    const sort = { column: 1, descending: true }
    const top = await runs.rows({ run: lazy.run, view: { filter: '', sort }, start: 0, count: 1 })
    assert.deepEqual(top, { totalRows: 5000, start: 0, rows: [['4999', '24990001']] })
    const plain = await ran('await bag.range(4000).map((n) => Math.sqrt(n)).compute()')
    const last = await runs.rows({ run: plain.run, view: { filter: '62.9' }, start: 0, count: 1 })
    const wanted = Array.from({ length: 4000 }, (_, n) => String(Math.sqrt(n))).filter((text) =>
      text.includes('62.9'),
    )
    assert.deepEqual([last.totalRows, last.rows], [wanted.length, [[wanted[0]]]])
  })

  test('sorting and filtering are of all rows', async () => {
    const { run } = await ran('await frame.persist()')
    const sort = { column: 0, descending: true }
    const down = await runs.rows({ run, view: { filter: '', sort }, start: 0, count: 2 })
    assert.deepEqual([down.totalRows, down.rows.map(([n]) => n)], [2_000_000, ['1999999', '1999998']])
    const words = await runs.rows({ run, view: { filter: ' fizz 19999' }, start: 0, count: 200 })
    const wanted = Array.from({ length: 2_000_000 / 3 + 1 }, (_, i) => 3 * i).filter((n) =>
      String(n).startsWith('19999'),
    )
    assert.deepEqual(
      words.rows.map(([n]) => n),
      wanted.map(String),
    )
    const both = await runs.rows({ run, view: { filter: '99999.5', sort }, start: 0, count: 1 })
    assert.deepEqual([both.totalRows, both.rows[0][0]], [10, '1999999'])
    const none = await runs.rows({ run, view: { filter: 'nowhere' }, start: 0, count: 200 })
    assert.deepEqual(none, { totalRows: 0, start: 0, rows: [] })
  })

  test('a newer view ends the work for an older one, and so does asking for nothing', async () => {
    const { run } = await ran('await frame.persist()')
    const sorted = (column: number): Promise<{ totalRows: number }> => {
      const view = { filter: '', sort: { column, descending: true } }
      return runs.rows({ run, view, start: 0, count: 200 })
    }
    const older = assert.rejects(sorted(2), { name: 'NoPagesError' })
    const newer = runs.rows({ run, view: { filter: 'fizz 30' }, start: 0, count: 1 })
    await older
    assert.deepEqual((await newer).rows[0][2], 'Fizz 30')
    const another = assert.rejects(sorted(1), { name: 'NoPagesError' })
    assert.deepEqual((await runs.rows({ run, view: WHOLE, start: 0, count: 0 })).rows, [])
    await another
    const whole = await runs.rows({ run, view: WHOLE, start: 7, count: 1 })
    assert.deepEqual([whole.totalRows, whole.rows[0][0]], [2_000_000, '7'])
  })

  test('two windows sort and filter the same rows, and neither ends the work of the other', async () => {
    const { run } = await ran('await frame.persist()')
    const sort = { column: 1, descending: true }
    const one = runs.rows({ run, view: { filter: '', sort }, start: 0, count: 1 }, 1)
    const other = runs.rows({ run, view: { filter: 'fizz 30' }, start: 0, count: 1 }, 2)
    assert.deepEqual([(await one).rows[0][0], (await other).rows[0][2]], ['1999999', 'Fizz 30'])
    const gone = runs.rows(
      { run, view: { filter: '', sort: { column: 2, descending: true } }, start: 0, count: 1 },
      2,
    )
    const left = assert.rejects(gone, { name: 'NoPagesError' })
    runs.viewerLeft(2)
    await left
    assert.equal(
      (await runs.rows({ run, view: { filter: '', sort }, start: 1, count: 1 }, 1)).rows[0][0],
      '1999998',
    )
  })

  test('dates and moments are found by the text that their cells show', async () => {
    const { run } = await ran('await dated.persist()')
    const found = async (filter: string): Promise<string[][]> =>
      (await runs.rows({ run, view: { filter }, start: 0, count: 200 })).rows
    const cells = ['2024-03-01T00:00:00.000Z', '2024-03-01T07:00:00.000Z', '2024-03-01T07:00:00.000Z']
    assert.deepEqual(await found('2024-03-01t07:00'), [['1447', ...cells]])
    assert.equal((await found('2024-03-01')).length, 24)
  })

  test('a table that was computed has pages too; what is shown whole needs none', async () => {
    const { run, events: told } = await ran('await frame.head(3000).compute()')
    const { display } = resultOf(told)
    assert.ok(display.kind === 'table' && display.remote)
    const page = await runs.rows({ run, view: WHOLE, start: 2999, count: 200 })
    assert.deepEqual([page.totalRows, page.rows], [3000, [['2999', '1499.5', 'null']]])
    const small = await ran('await frame.head(5).persist()')
    const shown = resultOf(small.events).display
    assert.ok(shown.kind === 'table' && !shown.remote)
    await assert.rejects(runs.rows({ run: small.run, view: WHOLE, start: 0, count: 1 }), /no longer held/)
  })

  test('the latest two results have pages; of others it is said that they are gone', async () => {
    const first = await ran('await frame.persist()')
    for (let i = 0; i < 2; i++) await ran('await frame.persist()')
    await assert.rejects(runs.rows({ run: first.run, view: WHOLE, start: 0, count: 1 }), {
      name: 'NoPagesError',
      message: 'this result is no longer held: the latest two are. Run the expression again',
    })
  })

  test('all rows of a frame are saved by the cluster, in one file', async () => {
    const path = join(folder, 'all.csv')
    const { events: told } = await ran('await frame.persist()', { save: { path, format: 'csv' } })
    assert.ok(
      told.some((event) => event.kind === 'notice' && event.text === `2,000,000 rows are saved in ${path}`),
      JSON.stringify(told.filter(({ kind }) => kind === 'failed' || kind === 'notice')),
    )
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    assert.deepEqual([lines.length, lines[0], lines.at(-1)], [2_000_001, 'n,half,word', '1999999,999999.5,'])
  })
})
