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

const SOURCE = `import { bag, dataframe } from 'heddle'
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
`
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
      message:
        'these rows are no longer held: the pages of the latest two results are. Run the expression again',
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
