// Files of CommonJS as an editor runs them: the whole file, a computation in it, its cells.

import assert from 'node:assert/strict'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type LocalCluster, startLocalCluster } from '../../runtime/cluster/localCluster.ts'
import { isRunEvent, startSession } from '../../runtime/host/sessionProcess.ts'
import type { RunEvent, RunSpec } from '../../runtime/protocol/runs.ts'

const SOURCE = `const { bag } = require('heddle')
const path = require('node:path')
// %% numbers
const numbers = bag.range(10)
// %% total
const doubled = numbers.map((n) => n * 2)
async function main() {
  const total = await doubled.sum().compute()
  console.log(path.basename(__filename), total)
}
main()
doubled.count().compute().then((count) => console.log('count', count))
// %% end
module.exports = { main }
`

describe('a file of CommonJS', () => {
  let folder: string
  let cluster: LocalCluster
  before(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-cjs-')))
    cluster = await startLocalCluster({ workers: 1, threadsPerWorker: 2 })
  })
  after(async () => {
    await cluster.close()
    rmSync(folder, { recursive: true })
  })

  function run(name: string, spec: Partial<RunSpec> = {}): Promise<{ events: RunEvent[]; output: string }> {
    const file = join(folder, name)
    writeFileSync(file, SOURCE)
    const child = startSession({
      spec: { file, ...spec },
      run: 'run-1',
      cluster: cluster.file,
      output: 'pipe',
    })
    const events: RunEvent[] = []
    let output = ''
    child.on('message', (message) => {
      if (isRunEvent(message)) events.push(message)
    })
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text) => (output += text))
    return new Promise((resolve) => child.once('close', () => resolve({ events, output })))
  }

  const lines = (output: string): string[] => output.trim().split('\n').sort()
  const places = (events: readonly RunEvent[]): (number | undefined)[] =>
    events.flatMap((event) => (event.kind === 'computing' ? [event.site.place?.line] : [])).sort()

  for (const name of ['a.cjs', 'a.js', 'a.cts', 'a.ts'])
    test(`${name} runs as a whole, and each computation is told of at its line`, async () => {
      const { events, output } = await run(name)
      assert.deepEqual(lines(output), ['count 10', `${name} 90`].sort())
      assert.deepEqual(places(events), [12, 8])
      const last = events.at(-1)
      assert.ok(last?.kind === 'ended' && last.reason === 'finished')
    })

  test('a computation in a function runs the file', async () => {
    const start = SOURCE.indexOf('await doubled')
    const end = SOURCE.indexOf('\n', start)
    const { events, output } = await run('a.cjs', {
      text: SOURCE,
      expression: { start, end, label: 'total' },
    })
    assert.deepEqual(lines(output), ['a.cjs 90', 'count 10'])
    assert.deepEqual(places(events), [12, 8])
  })

  test('a cell runs with what it needs from above', async () => {
    const start = SOURCE.indexOf('// %% total')
    const end = SOURCE.indexOf('// %% end')
    const { output } = await run('a.cjs', { text: SOURCE, cell: { start, end, label: 'total' } })
    assert.deepEqual(lines(output), ['a.cjs 90', 'count 10'])
  })

  test('a cell that ends with a collection shows it', async () => {
    const start = SOURCE.indexOf('// %% numbers')
    const end = SOURCE.indexOf('// %% total')
    const { events, output } = await run('a.cjs', { text: SOURCE, cell: { start, end, label: 'numbers' } })
    assert.equal(output, '')
    assert.deepEqual(
      events.flatMap((event) => (event.kind === 'result' ? [event.kind] : [])),
      ['result'],
    )
  })
})
