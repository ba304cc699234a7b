// Old bundles on a host: the youngest stay, so does what is in use, and no file goes that a bundle still has.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import test, { type TestContext } from 'node:test'
import { bundleDigest } from '../../runtime/agent/bundle.ts'
import { BundleStore } from '../../runtime/agent/bundleStore.ts'
import { receiveFiles } from '../../runtime/agent/receiveFiles.ts'
import { KEPT, staleBundles, sweepBundles, UNUSED_MS } from '../../runtime/agent/sweepBundles.ts'
import { temporaryFolder } from '../kit/temporaryFolder.ts'

const DAY_MS = 24 * 3600_000
const NOW_MS = Date.now()
const SHARED = 'shared by all'

/** A store with bundles of so many days ago, each of a file of its own and one that all have. */
async function storeOf(
  t: TestContext,
  days: readonly number[],
): Promise<{ root: string; digests: string[] }> {
  const root = temporaryFolder(t)
  const store = new BundleStore(root)
  const digests: string[] = []
  for (const [number, age] of days.entries()) {
    const contents = [SHARED, `own of ${number}`]
    const files = contents.map((content, i) => ({
      ...{ path: `dist/${i}.js`, sizeBytes: content.length },
      sha256: createHash('sha256').update(content).digest('hex'),
    }))
    const missing = store.missing({ files }).map(({ sha256 }) => sha256)
    const upload = contents.flatMap((content, i) => {
      const { sha256, sizeBytes } = files[i]
      return missing.includes(sha256)
        ? [`${JSON.stringify({ sha256, sizeBytes, offset: 0 })}\n`, content]
        : []
    })
    await receiveFiles(Readable.from(upload.map((part) => Buffer.from(part))), store)
    const folder = store.commit({ files })
    const date = new Date(NOW_MS - age * DAY_MS)
    for (const file of readdirSync(join(folder, 'dist'))) utimesSync(join(folder, 'dist', file), date, date)
    utimesSync(folder, date, date)
    digests.push(bundleDigest({ files }))
  }
  return { root, digests }
}

const left = (root: string): string[] => readdirSync(join(root, 'bundles')).sort()

test('what may go, for every number of bundles, ages and uses', () => {
  for (let count = 0; count <= 7; count++)
    for (let old = 0; old < 1 << count; old++)
      for (let used = 0; used < 1 << count; used++) {
        const bundles = Array.from({ length: count }, (_, i) => ({
          digest: String(i),
          usedMs: NOW_MS - (((old >> i) & 1) === 1 ? UNUSED_MS + 1 + i : i),
        }))
        const isUsed = (digest: string): boolean => ((used >> Number(digest)) & 1) === 1
        const stale = new Set(staleBundles(bundles, NOW_MS, isUsed))
        assert.ok(count - stale.size >= Math.min(count, KEPT))
        for (const { digest, usedMs } of bundles) {
          const younger = bundles.filter((other) => other.usedMs > usedMs).length
          const goes = younger >= KEPT && NOW_MS - usedMs > UNUSED_MS && !isUsed(digest)
          assert.equal(stale.has(digest), goes, `${digest} of ${count}, old ${old}, used ${used}`)
        }
      }
})

test('old bundles go with the files that only they had; shared files and the newest stay whole', async (t) => {
  const { root, digests } = await storeOf(t, [100, 90, 80, 60, 50, 40, 2])
  assert.deepEqual(sweepBundles(root, NOW_MS, []).sort(), digests.slice(0, 3).sort())
  assert.deepEqual(left(root), digests.slice(3).sort())
  for (const digest of digests.slice(3))
    assert.equal(readFileSync(join(root, 'bundles', digest, 'dist', '0.js'), 'utf8'), SHARED)
  const files = readdirSync(join(root, 'files'), { recursive: true, withFileTypes: true })
  assert.equal(files.filter((entry) => entry.isFile()).length, 5)
  assert.deepEqual(sweepBundles(root, NOW_MS, []), [])
})

test('one that a cluster of Slurm or a process of this machine uses stays, however old', async (t) => {
  const { root, digests } = await storeOf(t, [100, 90, 80, 4, 3, 2, 1])
  const setup = join(root, 'slurm', 'a1b2')
  mkdirSync(setup, { recursive: true })
  const runtime = (i: number): string => join(root, 'bundles', digests[i])
  writeFileSync(join(setup, 'setup.json'), JSON.stringify({ place: { runtime: runtime(0) } }))
  const child = spawn(
    process.execPath,
    ['-e', 'process.title = "a title"; console.log(1); setInterval(() => {}, 1000)'],
    {
      ...{ env: { HEDDLE_RUNTIME: runtime(1) }, stdio: ['ignore', 'pipe', 'inherit'] },
    },
  )
  try {
    await new Promise((resolve) => child.stdout!.once('data', resolve))
    assert.deepEqual(sweepBundles(root, NOW_MS), [digests[2]])
    assert.ok(existsSync(runtime(0)) && existsSync(runtime(1)))
  } finally {
    child.kill('SIGKILL')
  }
})

test('a file that has come for a bundle which is not made yet stays; a folder that is none is no reason to fail', async (t) => {
  const { root } = await storeOf(t, [1])
  const coming = join(root, 'files', 'ab')
  mkdirSync(coming, { recursive: true })
  writeFileSync(join(coming, 'ab'.repeat(32)), 'new')
  writeFileSync(join(root, 'parts', 'half'), 'half')
  sweepBundles(root, NOW_MS, [])
  assert.ok(existsSync(join(coming, 'ab'.repeat(32))) && existsSync(join(root, 'parts', 'half')))
  assert.deepEqual(sweepBundles(join(root, 'nowhere'), NOW_MS, []), [])
})
