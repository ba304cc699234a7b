// Models on a real cluster: blocks stay on the workers, coefficients go round, fits of a search run in workers.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..', '..')

/** What a program of programs/ prints, run on two workers of one thread; few rows stay there, too. */
const printed = (program: string, ...options: string[]): unknown =>
  printedWith({ HEDDLE_ROWS_STAY: '1' }, program, ...options)

function printedWith(env: Record<string, string>, program: string, ...options: string[]): unknown {
  const output = execFileSync(
    process.execPath,
    [
      join(root, 'runtime/bin/heddle.cjs'),
      'run',
      join(import.meta.dirname, 'programs', program),
      '--workers',
      '2',
      '--threads',
      '1',
      ...options,
    ],
    {
      encoding: 'utf8',
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    },
  )
  const [line] = output.split('\n').filter((each) => each.startsWith('{'))
  return JSON.parse(line)
}

test('models learn on a cluster of two workers', { timeout: 240_000 }, () => {
  assert.deepEqual(printed('fits.ts'), {
    accurate: true,
    same: true,
    best: { model__C: 1 },
    line: [2, -1, 0, 0],
  })
})

test('searches one after the other score what fits of lists score', { timeout: 240_000 }, () => {
  assert.deepEqual(printed('searches.ts'), { same: [true, true, true] })
})

test('boosting where workers may hold hardly anything gives the trees of one process, to the last bit', {
  timeout: 240_000,
}, () => {
  // Values leave for the disk above 2% of 400 MB: 8 MB on each worker, of rows of 32 MB.
  const options = ['--memory-limit', '400MB', '--memory-shares', '2,85,90,97']
  assert.deepEqual(printed('boosts.ts', ...options), {
    megabytes: 32,
    numbers: true,
    lossesTold: 4,
    classes: true,
    rates: true,
    learns: true,
  })
})

test('boosting by two threads of one worker together gives the trees of one process, to the last bit', {
  timeout: 240_000,
}, () => {
  assert.deepEqual(printed('boosts.ts', '--workers', '1', '--threads', '2'), {
    megabytes: 32,
    numbers: true,
    lossesTold: 4,
    classes: true,
    rates: true,
    learns: true,
  })
})

/** What `others.ts` prints where all is well. */
const SAME = {
  forest: true,
  classWeights: [true, true, true, true],
  forestOfNumbers: true,
  ranker: true,
  rankerThatHoldsOut: true,
  batches: true,
  clusters: true,
  components: true,
  bayes: true,
  incremental: true,
  scored: true,
  voters: 5,
  votes: true,
  search: true,
  neighbours: true,
  agreed: true,
}

test('forests, rankers, clusters, components, steps and searches are on workers what they are here', {
  timeout: 240_000,
}, () => {
  assert.deepEqual(printed('others.ts'), SAME)
})

test('few rows are learnt from in the client, and models are the same', { timeout: 240_000 }, () => {
  assert.deepEqual(printedWith({}, 'others.ts'), SAME)
})
