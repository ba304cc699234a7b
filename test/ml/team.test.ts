// Threads that grow trees together: the board alone, with real threads, and rounds against those level by level.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { mulberry } from '../../runtime/kernels/ml/seeded.ts'
import { binOffsets, type FeatureBins } from '../../runtime/kernels/ml/trees/binning.ts'
import { binRows } from '../../runtime/kernels/ml/trees/binRows.ts'
import type { BoostBlock, BoostPlan } from '../../runtime/kernels/ml/trees/boostBlock.ts'
import {
  decide,
  type GrowingRound,
  ordersOf,
  outcomeOf,
  sumLevels,
} from '../../runtime/kernels/ml/trees/boostDecide.ts'
import { beginRound, finishRound, firstRoot, nextLevel } from '../../runtime/kernels/ml/trees/boostLevel.ts'
import type { GrowthRules } from '../../runtime/kernels/ml/trees/growth.ts'
import { lossOf } from '../../runtime/kernels/ml/trees/objective.ts'
import { readSplit, writeSplit } from '../../runtime/kernels/ml/trees/splitRecord.ts'
import { BoardFullError, boardBytes, TeamBoard } from '../../runtime/kernels/ml/trees/teamBoard.ts'
import type { TeamRun } from '../../runtime/kernels/ml/trees/teamJobs.ts'
import { teamLayout } from '../../runtime/kernels/ml/trees/teamLayout.ts'
import type { TeamPart, TeamPlan } from '../../runtime/kernels/ml/trees/teamPlan.ts'
import { openBoard, rootOfTeam, teamRound } from '../../runtime/kernels/ml/trees/teamRound.ts'
import type { Tree } from '../../runtime/kernels/ml/trees/tree.ts'
import type { ThreadWork } from './teamThread.ts'

const shared = (bytes: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(bytes))
const thread = (workerData: ThreadWork): Worker =>
  new Worker(new URL('./teamThread.ts', import.meta.url), { workerData })

test('who comes first leads; who comes again, or to a run that is over, works alone', () => {
  const board = new TeamBoard(shared(boardBytes(100)))
  assert.deepEqual(
    [0, 1].map((member) => board.enter(1, member)),
    ['lead', 'help'],
  )
  assert.equal(board.enter(1, 1), 'alone')
  board.close(1)
  // Late: it helps with a run that is over, which is nothing.
  assert.equal(board.enter(1, 2), 'help')
  board.help(
    1,
    () => assert.fail('there is no job'),
    () => {},
  )
  assert.equal(board.enter(2, 2), 'lead')
  assert.equal(board.enter(1, 3), 'alone')
})

test('a leader without helpers does all, on memory of its own too; a job too long is refused', () => {
  for (const bytes of [shared(boardBytes(20)), new Uint8Array(boardBytes(20))]) {
    const board = new TeamBoard(bytes)
    board.enter(1, 0)
    const done: number[] = []
    board.lead({}, [2, 0, 1], (unit) => done.push(unit))
    assert.deepEqual(done, [2, 0, 1])
    assert.throws(() => board.lead({ text: 'x'.repeat(40) }, [0], () => {}), BoardFullError)
    assert.throws(
      () =>
        board.lead({}, [0], () => {
          throw new Error('no memory')
        }),
      /no memory/,
    )
  }
})

test('every unit is done once, by whichever of three threads', { timeout: 60_000 }, async () => {
  const [jobs, units] = [300, 7]
  const bytes = shared(boardBytes(1000))
  const counts = new Int32Array(new SharedArrayBuffer(4 * jobs * units))
  const board = new TeamBoard(bytes)
  assert.equal(board.enter(1, 0), 'lead')
  const threads = [1, 2].map((member) => thread({ kind: 'help', member, board: bytes, counts }))
  const gone = threads.map((each) => once(each, 'message'))
  await Promise.all(threads.map((each) => once(each, 'online')))
  const order = Array.from({ length: units }, (_, i) => i)
  for (let job = 0; job < jobs; job++) {
    const first = job * units
    board.lead({ first }, order, (unit) => Atomics.add(counts, first + unit, 1))
    assert.ok(counts.subarray(first, first + units).every((count) => count === 1))
  }
  board.close(1)
  await Promise.all(gone)
  assert.ok(counts.every((count) => count === 1))
})

test('a split comes back from its record, one of categories too', () => {
  const sums = { gradient: 5, hessian: 9, count: 11 }
  const record = new Float64Array(16)
  const left = { gradient: -2, hessian: 4, count: 5 }
  const right = { gradient: 7, hessian: 5, count: 6 }
  for (const leftBins of [null, [0, 31, 32, 254]]) {
    const split = { feature: 3, gain: 0.25, bin: leftBins ? -1 : 9, leftBins, missingLeft: true, left, right }
    writeSplit(record, split)
    assert.deepEqual(readSplit(record, sums), split)
  }
  writeSplit(record, null)
  assert.equal(readSplit(record, sums), null)
})

test('no board where trees have no limit, or histograms no room', () => {
  assert.equal(teamLayout(4, 20, 5120, Number.POSITIVE_INFINITY, 9, 1e12), null)
  assert.equal(teamLayout(4, 20, 5120, 64, 9, 1e6), null)
  assert.equal(teamLayout(4, 4000, 1_024_000, 64, 9, 1e12), null)
  assert.ok(teamLayout(4, 20, 5120, 64, 9, 1e9))
  assert.equal(teamLayout(4, 20, 5120, 64, 1e8, 1e9), null)
})

/** Rows of three blocks, one of them empty, with categories, missing values and weights. */
function problem(outputs: number, seed: number, objective = outputs === 1 ? 'squaredError' : 'softmax') {
  const random = mulberry(seed)
  const features: FeatureBins[] = [
    ...[30, 60, 3, 100].map(
      (count): FeatureBins => ({
        kind: 'numeric',
        thresholds: Float64Array.from({ length: count }, (_, i) => i / count),
      }),
    ),
    { kind: 'category', categories: Float64Array.of(0, 1, 2, 3) },
  ]
  const offsets = binOffsets(features)
  const plan: BoostPlan = {
    ...{ objective: objective as BoostPlan['objective'], outputs, features, offsets },
    ...{ fit: `team ${objective} ${outputs} ${seed}`, gradientUnit: 2 ** -20, hessianUnit: 2 ** -20 },
    ...{ seed: 0, validationShare: 0.2, lossEvery: 0 },
  }
  const rules: GrowthRules = {
    ...{
      offsets,
      categorical: [false, false, false, false, true],
      hasMissing: [true, true, true, true, true],
    },
    ...{ gradientUnit: plan.gradientUnit, hessianUnit: plan.hessianUnit, l2: 0, minSamplesLeaf: 3 },
    ...{ minChildWeight: 0, minSplitGain: 0, maxLeaves: 20, maxDepth: 6, growth: 'leafWise' },
  }
  let start = 0
  const blocks = [400, 0, 700].map((rows): BoostBlock => {
    const data = Float64Array.from({ length: 5 * rows }, (_, i) => {
      if (random() < 0.1) return Number.NaN
      return i % 5 === 4 ? Math.floor(random() * 4) : random()
    })
    const target = Float64Array.from({ length: rows }, (_, row) => {
      const value = (data[5 * row] || 0) + (data[5 * row + 4] === 2 ? 1 : 0)
      return outputs === 1 ? value : Math.min(outputs - 1, Math.floor(outputs * value * 0.5))
    })
    const weight = Float64Array.from({ length: rows }, () => Math.floor(random() * 3))
    const block = { binned: binRows(features, data, rows), target, weight, start }
    start += rows
    return block
  })
  const first = blocks.map((block) => firstRoot(new Float64Array(outputs), block))
  const layout = teamLayout(blocks.length, 5, offsets[5], rules.maxLeaves * outputs, 700 * outputs, 1e9)!
  const team: TeamPlan = { plan, rules, learningRate: 0.1, layout }
  return { plan, rules, blocks, first, team }
}

const ROUNDS = 3

/** The same rounds, level by level. */
function byLevels({ plan, rules, blocks, first }: ReturnType<typeof problem>) {
  const own = { ...plan, fit: `${plan.fit} by levels` }
  const trees: Tree[][] = []
  let predictions = first.map((root) => root.predictions)
  for (let round = 1; round <= ROUNDS; round++) {
    const at = { plan: own, round }
    const begun = blocks.map((block, i) =>
      beginRound(at, { predictions: predictions[i], histograms: [] }, block),
    )
    let growing: GrowingRound = decide(rules, null, [sumLevels(begun)])
    for (;;) {
      const { grown } = outcomeOf({ rules, features: plan.features, learningRate: 0.1 }, growing)
      if (grown) {
        predictions = blocks.map((block, i) => finishRound({ ...at, grown }, begun[i], block).predictions)
        trees.push(grown.map(({ tree }) => tree))
        break
      }
      const orders = ordersOf(undefined, growing)
      growing = decide(
        rules,
        growing,
        blocks.map((block, i) => nextLevel(at, begun[i], block, orders)),
      )
    }
  }
  return { trees, predictions }
}

const wholeRun: TeamRun = { run: 1, first: 1, rounds: ROUNDS }

for (const [outputs, objective] of [
  [1, 'squaredError'],
  [1, 'poisson'],
  [3, 'softmax'],
] as const)
  test(`rounds of threads together give what levels give, ${outputs} trees a round by ${objective}`, {
    timeout: 60_000,
  }, async () => {
    const given = problem(outputs, 5, objective)
    // Of counts the trees are limited too: what limits nodes goes from thread to thread.
    if (objective === 'poisson')
      Object.assign(given.rules, {
        monotonic: [-1, 0, 1, 0, 0],
        interactions: [
          [0, 1, 3, 4],
          [2, 3, 4],
        ],
      })
    const expected = byLevels(given)
    assert.ok(expected.trees.flat().every(({ feature }) => feature.length > 9))
    const { team, blocks, first } = given
    const rest = [...blocks, ...first]
    const held = (parts: TeamPart[]) => {
      const outcomes = parts.flatMap(({ outcome }) => outcome ?? [])
      assert.equal(outcomes.length, 1)
      const [{ rounds, isFull }] = outcomes
      assert.ok(!isFull && rounds.every(({ loss }) => loss![1] > 0))
      const predictions = blocks.map((_, block) => rootOfTeam(block, ...parts).predictions)
      return { trees: rounds.map(({ trees }) => trees), predictions }
    }
    // By one after another: the first does all.
    const alone = openBoard(undefined, team)
    assert.deepEqual(
      held([0, 1].map((member) => teamRound(wholeRun, member, team, alone, ...rest))),
      expected,
    )
    // Again at the same board, and at one that says that others are at work elsewhere.
    const again = teamRound(wholeRun, 1, team, alone, ...rest)
    assert.deepEqual(held([again]), expected)
    // One round a run.
    const single = openBoard(undefined, team)
    const trees: Tree[][] = []
    let before: unknown[] = first
    for (let run = 1; run <= ROUNDS; run++) {
      const part = teamRound({ run, first: run, rounds: 1 }, 0, team, single, ...blocks, ...before)
      trees.push(...held([part]).trees)
      before = [part]
    }
    assert.deepEqual({ trees, predictions: held(before as TeamPart[]).predictions }, expected)
    // By threads at once.
    const board = shared(team.layout.bytes)
    const threads = [0, 1, 2].map((member) =>
      thread({ kind: 'round', run: wholeRun, member, team, board, rest }),
    )
    const parts = (await Promise.all(threads.map((each) => once(each, 'message')))).map(([part]) => part)
    assert.deepEqual(held(parts as TeamPart[]), expected)
    // Where one has no room, it says so, and predictions are those from before.
    const small = { ...team, layout: { ...team.layout, places: outputs } }
    const none = teamRound(wholeRun, 0, small, shared(team.layout.bytes), ...rest)
    assert.deepEqual(none.outcome, { rounds: [], isFull: true })
    assert.deepEqual(
      none.predictions,
      first.map(({ predictions }) => predictions),
    )
  })

test('where no rows are held out, every seventh row tells its loss, by whichever thread, through empty blocks too', () => {
  for (const outputs of [1, 3]) {
    const { team, blocks, first } = problem(outputs, 8)
    const plan: BoostPlan = {
      ...team.plan,
      fit: `every seventh ${outputs}`,
      validationShare: 0,
      lossEvery: 7,
    }
    const board = openBoard(undefined, { ...team, plan })
    let before: unknown[] = first
    let last = Number.POSITIVE_INFINITY
    for (let run = 1; run <= ROUNDS; run++) {
      const part = teamRound(
        { run, first: run, rounds: 1 },
        0,
        { ...team, plan },
        board,
        ...blocks,
        ...before,
      )
      const [{ loss }] = part.outcome!.rounds
      const expected = [0, 0]
      blocks.forEach((block, i) => {
        const isSeventh = (row: number) => (block.start + row) % 7 === 0
        const own = lossOf(plan.objective, block, part.predictions[i]!, outputs, isSeventh)
        expected[0] += own[0]
        expected[1] += own[1]
      })
      assert.deepEqual(loss, expected)
      assert.ok(expected[1] > 100 && expected[0] < last)
      last = expected[0]
      before = [part]
    }
  }
})

test('a run whose later round has no room leaves what there was before that round', () => {
  const { team, blocks, first } = problem(1, 6)
  const rest = [...blocks, ...first]
  const { layout } = team
  const runs = Array.from({ length: layout.places }, (_, places) => {
    const small = { ...team, layout: { ...layout, places } }
    return teamRound({ run: 1, first: 1, rounds: 8 }, 0, small, openBoard(undefined, team), ...rest)
  })
  // A number of places that the first rounds' trees have enough of, and not the next one's.
  const part = runs.find(({ outcome }) => outcome!.isFull && outcome!.rounds.length > 0)
  assert.ok(part)
  const { rounds } = part.outcome!
  const run = { run: 1, first: 1, rounds: rounds.length }
  const same = teamRound(run, 0, team, openBoard(undefined, team), ...rest)
  assert.deepEqual(rounds, same.outcome!.rounds)
  assert.deepEqual(part.predictions, same.predictions)
})
