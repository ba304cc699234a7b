// The session process: a user's file or one of its expressions runs, and every event of the run is reported.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type LocalCluster, startLocalCluster } from '../../runtime/cluster/localCluster.ts'
import { entryPath } from '../../runtime/host/entries.ts'
import { isRunEvent, startSession } from '../../runtime/host/sessionProcess.ts'
import type { RowsFile, RunEvent, RunSpec } from '../../runtime/protocol/runs.ts'
import { fakeScheduler } from '../session/fakeScheduler.ts'

interface Ran {
  events: RunEvent[]
  stdout: string
  stderr: string
  exitCode: number | null
}

/** Events of one kind. */
const of = <K extends RunEvent['kind']>(ran: Ran, kind: K): Extract<RunEvent, { kind: K }>[] =>
  ran.events.filter((event): event is Extract<RunEvent, { kind: K }> => event.kind === kind)

describe('a session process', () => {
  let folder: string
  let cluster: LocalCluster

  before(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-session-')))
    cluster = await startLocalCluster({ workers: 1, threadsPerWorker: 2 })
  })

  after(async () => {
    await cluster.close()
    rmSync(folder, { recursive: true })
  })

  /** Runs a program as an editor or a terminal does, with its events over the process's channel. */
  function run(
    source: string,
    options: Partial<RunSpec> & { expressionText?: string; kill?: NodeJS.Signals } = {},
  ): Promise<Ran> {
    const file = join(folder, 'analysis.ts')
    writeFileSync(file, source)
    const { expressionText, kill, ...rest } = options
    const start = expressionText === undefined ? -1 : source.indexOf(expressionText)
    const spec: RunSpec = {
      file,
      ...rest,
      ...(expressionText !== undefined && {
        expression: { start, end: start + expressionText.length, label: expressionText },
      }),
    }
    const child = startSession({ spec, run: 'run-1', cluster: cluster.file, output: 'pipe' })
    const ran: Ran = { events: [], stdout: '', stderr: '', exitCode: null }
    child.on('message', (message) => {
      if (!isRunEvent(message)) return
      ran.events.push(message)
      if (kill && message.kind === 'computing') child.kill(kill)
    })
    child.stdout!.setEncoding('utf8').on('data', (text) => (ran.stdout += text))
    child.stderr!.setEncoding('utf8').on('data', (text) => (ran.stderr += text))
    return new Promise((resolve) =>
      child.once('close', (code) => {
        ran.exitCode = code
        resolve(ran)
      }),
    )
  }

  test('a whole file: what it computes, prints and how it ends', async () => {
    const ran = await run(
      `import { Client, bag } from 'heddle'
const client = await Client.local({ workers: 8 })
const total = await bag.range(100).map((x: number) => x * 2).sum().compute()
const future = client.submit((x: number) => x + 1, total)
console.log(total, await future.result(), process.argv.slice(2).join())
`,
      { args: ['a', 'b'] },
    )
    assert.equal(ran.stderr, '')
    assert.equal(ran.stdout, '9900 9901 a,b\n')
    assert.equal(ran.exitCode, 0)
    const file = join(folder, 'analysis.ts')
    const [started] = of(ran, 'started')
    assert.deepEqual([started.label, started.file], ['analysis.ts', file])
    const [computing] = of(ran, 'computing')
    assert.equal(computing.site.method, 'compute')
    assert.deepEqual([computing.site.place?.file, computing.site.place?.line], [file, 3])
    assert.ok(computing.total > 1)
    assert.deepEqual(of(ran, 'computed')[0].site, computing.site.site)
    assert.deepEqual(
      of(ran, 'notice').map(({ text }) => text.replace(/: 1 worker, 2 threads$/, '')),
      ['Client.local() uses the cluster of this run'],
    )
    const last = ran.events.at(-1)
    assert.ok(last?.kind === 'ended' && last.exitCode === 0 && last.reason === 'finished')
  })

  test('what learns by rounds reports each of them, at its line', async () => {
    const ran = await run(`import { ml } from 'heddle'
const rows = [[0], [1], [2], [3]]
await new ml.KMeans({ nClusters: 2, init: [[0], [1]], maxIter: 5, tol: 0 }).fit(rows)
`)
    assert.deepEqual(of(ran, 'failed'), [])
    const told = of(ran, 'curve')
    const points = told.flatMap((each) => each.points)
    const [{ curve }] = told
    assert.deepEqual([curve.title, curve.steps, curve.place?.line], ['KMeans', 5, 3])
    assert.deepEqual(
      points.map(({ step }) => step),
      points.map((_, i) => i + 1),
    )
    assert.deepEqual(Object.keys(points[0].values), ['inertia'])
    assert.ok(points[points.length - 1].values.inertia < points[0].values.inertia)
    assert.deepEqual(
      told.map(({ ended }) => ended),
      [...told.slice(1).map(() => false), true],
    )
  })

  test('one expression: its value as a line and a display; other computations are skipped', async () => {
    const ran = await run(
      `import { bag } from 'heddle'
const numbers = bag.range(10)
const slow = await numbers.map((x: number) => { throw new Error('not this one') }).compute()
const rows = await numbers.map((x: number) => ({ x, square: x * x })).compute()
console.log('never reached')
`,
      { expressionText: 'numbers.map((x: number) => ({ x, square: x * x })).compute()' },
    )
    assert.deepEqual(of(ran, 'failed'), [])
    assert.equal(ran.stdout, '')
    const [result] = of(ran, 'result')
    assert.equal(result.display.kind, 'table')
    assert.deepEqual(result.display.kind === 'table' && result.display.columns, ['x', 'square'])
    assert.deepEqual(result.display.kind === 'table' && result.display.rows[3], ['3', '9'])
    assert.match(result.line, /^\[\{ x: 0, square: 0 \}/)
    assert.equal(ran.exitCode, 0)
  })

  test('an expression that is still lazy is computed, and unsaved text stands for the file', async () => {
    const text = `import { bag } from 'heddle'
bag.range(5).sum()
`
    const ran = await run(text.replace('5', '3'), { text, expression: { start: 29, end: 47, label: 'sum' } })
    assert.deepEqual([of(ran, 'failed'), of(ran, 'notice')], [[], []])
    assert.equal(of(ran, 'result')[0].line, '10')
    assert.equal(of(ran, 'started')[0].label, 'sum')
  })

  test('all rows of a value are saved as CSV, Parquet and Arrow; a value without rows says so', async () => {
    const source = `import { bag, dataframe } from 'heddle'
const rows = bag.range(2500, { partitions: 3 }).map((n) => ({ n, name: 'row ' + n }))
const list = await rows.compute()
const table = await dataframe.fromRecords(list).compute()
const sum = await bag.range(5).sum().compute()
`
    const saved = async (
      expressionText: string,
      format: RowsFile['format'],
      ending: string,
    ): Promise<Buffer> => {
      const path = join(folder, `rows.${ending}`)
      const ran = await run(source, { expressionText, save: { path, format } })
      assert.equal(ran.exitCode, 0, ran.stderr)
      assert.deepEqual(of(ran, 'notice').at(-1)?.text, `2,500 rows are saved in ${path}`)
      return readFileSync(path)
    }
    const lines = String(await saved('await rows.compute()', 'csv', 'csv')).split('\n')
    assert.deepEqual([lines.length, lines[0], lines[2500]], [2502, 'n,name', '2499,row 2499'])
    const table = 'await dataframe.fromRecords(list).compute()'
    assert.equal(String((await saved(table, 'parquet', 'parquet')).subarray(-4)), 'PAR1')
    assert.equal(String((await saved(table, 'arrow', 'arrow')).subarray(0, 6)), 'ARROW1')
    const none = await run(source, {
      expressionText: 'await bag.range(5).sum().compute()',
      save: { path: join(folder, 'none.csv'), format: 'csv' },
    })
    assert.match(of(none, 'failed')[0].failure.message, /^only a table, an array, or a list of records/)
  })

  test('all rows of what a cell gives are saved', async () => {
    const above = `import { bag } from 'heddle'
// %% made
const rows = bag.range(1500).map((n: number) => ({ n }))
`
    const source = `${above}// %% shown
await rows.filter(({ n }) => n % 3 === 0).compute()
`
    const path = join(folder, 'cell.csv')
    const cell = { start: above.length, end: source.length, label: 'shown' }
    const ran = await run(source, { cell, save: { path, format: 'csv' } })
    assert.equal(ran.exitCode, 0, ran.stderr)
    const lines = readFileSync(path, 'utf8').trim().split('\n')
    assert.deepEqual([lines.length, lines[0], lines[500]], [501, 'n', '1497'])
  })

  test('all elements of an array are saved: a column for each along the last axis, complex numbers by both parts', async () => {
    const source = `import { array } from 'heddle'
const cube = array.arange(24, { dtype: 'int64', chunks: 10 }).reshape([2, 3, 4]).add(9007199254740993n)
const waves = array.fromArray([{ re: 1, im: -2 }, { re: 0.5, im: 0 }], { dtype: 'complex128' })
const wide = array.zeros([2, 30_000])
`
    const path = join(folder, 'array.csv')
    const saved = async (name: string) => {
      const expressionText =
        name === 'cube'
          ? "array.arange(24, { dtype: 'int64', chunks: 10 }).reshape([2, 3, 4]).add(9007199254740993n)"
          : name
      return await run(source, { expressionText, save: { path, format: 'csv' } })
    }
    const cube = await saved('cube')
    assert.equal(of(cube, 'notice').at(-1)?.text, `6 rows are saved in ${path}`, cube.stderr)
    const lines = readFileSync(path, 'utf8').trim().split('\n')
    assert.deepEqual(
      [lines[0], lines[1]],
      ['0,1,2,3', '9007199254740993,9007199254740994,9007199254740995,9007199254740996'],
    )
    assert.equal(lines[6], '9007199254741013,9007199254741014,9007199254741015,9007199254741016')
    await saved("array.fromArray([{ re: 1, im: -2 }, { re: 0.5, im: 0 }], { dtype: 'complex128' })")
    assert.equal(readFileSync(path, 'utf8').trim(), 'real,imag\n1,-2\n0.5,0')
    const wide = await saved('array.zeros([2, 30_000])')
    assert.match(
      of(wide, 'failed')[0].failure.message,
      /^an array of 2 × 30000 has 30000 columns, and a table at most 20000: save it by toZarr/,
    )
  })

  test('a task that throws: the failure with its place in the file, and exit code 1', async () => {
    const ran = await run(`import { bag } from 'heddle'

const bad = (x: number): number => {
  if (x === 7) throw new RangeError('seven')
  return x
}
await bag.range(10).map(bad).sum().compute()
`)
    assert.equal(ran.exitCode, 1)
    const [{ failure }] = of(ran, 'failed')
    const file = join(folder, 'analysis.ts')
    assert.deepEqual([failure.name, failure.message], ['RangeError', 'seven'])
    assert.deepEqual(failure.place, { file, line: 4, column: 22 })
    assert.deepEqual(failure.frames[0], failure.place)
    assert.equal(failure.task?.kind, 'threw')
    const last = ran.events.at(-1)
    assert.ok(last?.kind === 'ended' && last.reason === 'failed' && last.exitCode === 1)
  })

  test('an error of the program itself, a syntax error, a missing import, a rejected promise', async () => {
    const file = join(folder, 'analysis.ts')
    const thrown = await run(`console.log('before')\n;(undefined as never as string).trim()\n`)
    assert.deepEqual([thrown.exitCode, thrown.stdout], [1, 'before\n'])
    assert.deepEqual(
      [of(thrown, 'failed')[0].failure.name, of(thrown, 'failed')[0].failure.place?.line],
      ['TypeError', 2],
    )

    const broken = await run('const a = 1\nconst b = = 2\n')
    assert.equal(of(broken, 'failed')[0].failure.name, 'SyntaxError')
    assert.deepEqual(
      [of(broken, 'failed')[0].failure.place?.file, of(broken, 'failed')[0].failure.place?.line],
      [file, 2],
    )

    const missing = await run(`import x from './nowhere.ts'\nconsole.log(x)\n`)
    assert.match(of(missing, 'failed')[0].failure.message, /imports "\.\/nowhere\.ts"/)
    assert.equal(of(missing, 'failed')[0].failure.place?.line, 1)

    const rejected = await run(
      `Promise.reject(new Error('nobody awaits'))\nawait new Promise((r) => setTimeout(r, 1000))\n`,
    )
    assert.deepEqual([rejected.exitCode, of(rejected, 'failed')[0].failure.message], [1, 'nobody awaits'])
  })

  test('a program ends by itself: open clients, timers and unawaited futures', async () => {
    const done = join(folder, 'done')
    const ran = await run(`import { Client, fireAndForget } from 'heddle'
import { writeFileSync } from 'node:fs'
const client = await Client.local()
client.submit(() => new Promise(() => setInterval(() => {}, 1000)))
fireAndForget(client.submit((path: string) => writeFileSync(path, 'x'), ${JSON.stringify(done)}))
setTimeout(() => console.log('a timer'), 20)
`)
    assert.deepEqual([ran.exitCode, ran.stdout], [0, 'a timer\n'])
    assert.equal(readFileSync(done, 'utf8'), 'x')
    assert.equal(of(ran, 'failed').length, 0)
  })

  test('without a channel to its parent, a run reports to the scheduler', async () => {
    await using scheduler = await fakeScheduler()
    const file = join(folder, 'analysis.ts')
    const clusterFile = join(folder, 'cluster.json')
    writeFileSync(file, 'console.log(1)\n')
    writeFileSync(clusterFile, JSON.stringify(scheduler.address))
    const child = spawn(process.execPath, [entryPath('session')], {
      env: {
        ...process.env,
        HEDDLE_RUN: JSON.stringify({ file }),
        HEDDLE_RUN_ID: 'run-7',
        HEDDLE_CLUSTER: clusterFile,
      },
      stdio: 'ignore',
    })
    const exitCode = await new Promise((resolve) => child.once('exit', resolve))
    assert.equal(exitCode, 0)
    const reports = () => scheduler.heard.filter((message) => message.type === 'report-run')
    // What it sent may be read after its end is heard of.
    while (reports().at(-1)?.event.kind !== 'ended') await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(
      reports().map(({ run, event }) => [run, event.kind]),
      [
        ['run-7', 'started'],
        ['run-7', 'ended'],
      ],
    )
  })

  test('process.exit and a set exit code are the run’s own', async () => {
    const left = await run('process.exit(3)\n')
    const last = left.events.at(-1)
    assert.deepEqual([left.exitCode, last?.kind === 'ended' && last.exitCode], [3, 3])
    assert.equal((await run('process.exitCode = 4\n')).exitCode, 4)
  })

  test('interrupted: the run ends as cancelled, and its tasks with it', async () => {
    const ran = await run(
      `import { delayed } from 'heddle'
const endless = delayed(() => new Promise<number>(() => setInterval(() => {}, 1000)))
await endless().compute()
`,
      { kill: 'SIGINT' },
    )
    assert.equal(ran.exitCode, 130)
    const last = ran.events.at(-1)
    assert.ok(last?.kind === 'ended' && last.reason === 'cancelled')
  })
})
