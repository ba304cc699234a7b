// Cancel ends a fit that goes on by rounds: no further rounds, the run says so, and the cluster holds nothing of it.

import assert from 'node:assert/strict'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type LocalCluster, startLocalCluster } from '../../runtime/cluster/localCluster.ts'
import { isRunEvent, startSession } from '../../runtime/host/sessionProcess.ts'
import { Client } from '../../runtime/index.ts'
import type { RunEvent } from '../../runtime/protocol/runs.ts'

/** So many rounds that a fit which goes on would not end within the test. */
const ENDLESS = 1_000_000

const FITS = {
  // Until no center moves at all so many rows need hundreds of rounds.
  'clusters in rounds of tasks': `await new ml.KMeans({ nClusters: 300, maxIter: ${ENDLESS}, tol: 0 }).fit(array.random.uniform({ shape: [200_000, 3], chunks: [50_000, 3], seed: 1 }))`,
  'trees in rounds of tasks': `await new ml.GradientBoostingRegressor({ maxIter: ${ENDLESS}, maxDepth: 2 }).fit(x, y)`,
  'a ranker, level by level': `await new ml.GradientBoostingRanker({ maxIter: ${ENDLESS}, maxDepth: 2 }).fit(x, y.greater(0).astype('float64'), { query: array.arange(4000).floorDivide(9) })`,
  'whole trees of a forest': `await new ml.RandomForestClassifier({ nEstimators: 20_000 }).fit(x, y.greater(0).astype('float64'))`,
  'a forest of rows in the process itself': `await new ml.RandomForestRegressor({ nEstimators: ${ENDLESS} }).fit(await x.compute(), await y.compute())`,
  'trees of rows in the process itself': `await new ml.GradientBoostingRegressor({ maxIter: ${ENDLESS}, maxDepth: 2 }).fit(await x.compute(), await y.compute())`,
  'batches in the process itself': `await new ml.MiniBatchKMeans({ nClusters: 9, maxIter: ${ENDLESS}, maxNoImprovement: ${ENDLESS} }).fit(x)`,
}

const programOf = (fit: string): string => `import { array, ml } from 'heddle'
const x = await array.random.normal({ shape: [4000, 3], chunks: [1000, 3], seed: 1 }).persist()
const y = x.slice(':', 0)
${fit}
console.log('came to its end')
`

interface Dump {
  keys: number
  wants: number
  replicas: number
  clients: { id: string }[]
  workers: { assignedCount: number; heldCount: number }[]
}

describe('cancelling a fit', () => {
  let folder: string
  let cluster: LocalCluster
  let client: Client

  before(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-fit-')))
    cluster = await startLocalCluster({ workers: 1, threadsPerWorker: 2 })
    client = await Client.connect(cluster.file)
  })

  after(async () => {
    await client.close()
    await cluster.close()
    rmSync(folder, { recursive: true })
  })

  for (const [what, fit] of Object.entries(FITS))
    test(`${what}: it ends as cancelled, and leaves nothing`, { timeout: 120_000 }, async () => {
      const file = join(folder, 'fit.ts')
      writeFileSync(file, programOf(fit))
      const child = startSession({ spec: { file }, run: 'run-1', cluster: cluster.file, output: 'pipe' })
      const events: RunEvent[] = []
      let output = ''
      let asked = false
      child.stdout!.setEncoding('utf8').on('data', (text) => (output += text))
      child.stderr!.setEncoding('utf8').on('data', (text) => (output += text))
      child.on('message', (message) => {
        if (!isRunEvent(message)) return
        events.push(message)
        // As the editor's Cancel does, once the fit has told of a round.
        if (message.kind !== 'curve' || asked) return
        asked = child.kill('SIGINT')
      })
      const code = await new Promise((resolve) => child.once('close', resolve))
      assert.equal(output, '')
      assert.equal(code, 130)
      const rounds = events.flatMap((event) => (event.kind === 'curve' ? event.points : []))
      assert.ok(rounds.length > 0 && rounds.at(-1)!.step < ENDLESS)
      assert.deepEqual(
        events.filter(({ kind }) => kind === 'failed'),
        [],
      )
      const last = events.at(-1)
      assert.ok(last?.kind === 'ended' && last.reason === 'cancelled')
      // The scheduler lets go of what a process wanted once its connection is gone, and workers of what they ran for it.
      for (;;) {
        const { keys, wants, replicas, clients, workers } = (await client.dumpState()) as Dump
        const busy = workers.reduce((sum, each) => sum + each.assignedCount + each.heldCount, 0)
        if (clients.length === 1 && keys + wants + replicas + busy === 0) break
      }
    })
})
