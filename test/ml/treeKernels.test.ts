// The loops of tree growing in WebAssembly against plain ones: bins, histograms, rows that follow splits, rows that are found again.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keepsNothing, kernel, kernelNames, takeKeptNothing } from '../../runtime/kernels/kernel.ts'
import { joinNumbers } from '../../runtime/kernels/ml/blockParts.ts'
import { mulberry } from '../../runtime/kernels/ml/seeded.ts'
import { mergeStates, runSteps, sumBlocks } from '../../runtime/kernels/ml/steps.ts'
import { type BinnedBlock, GROUP, placeOfFeature } from '../../runtime/kernels/ml/trees/binnedBlock.ts'
import { binOffsets, type FeatureBins, valueBins } from '../../runtime/kernels/ml/trees/binning.ts'
import { binRows } from '../../runtime/kernels/ml/trees/binRows.ts'
import type { BoostBlock, BoostPlan } from '../../runtime/kernels/ml/trees/boostBlock.ts'
import { beginRound, finishRound, nextLevel } from '../../runtime/kernels/ml/trees/boostLevel.ts'
import type { NodeSplit } from '../../runtime/kernels/ml/trees/growth.ts'
import { histogramAt, histogramsIn } from '../../runtime/kernels/ml/trees/histogram.ts'
import { joinBoostBlocks } from '../../runtime/kernels/ml/trees/joinBlocks.ts'
import { REGROUPED_ROWS, TreeRoom } from '../../runtime/kernels/ml/trees/treeRoom.ts'
import { releaseCaches } from '../../runtime/kernels/resultMemory.ts'

const binOf = ({ rows, bytes }: BinnedBlock, row: number, feature: number): number =>
  bytes[placeOfFeature(rows, feature) + GROUP * row]

const numeric = (count: number): FeatureBins => ({
  kind: 'numeric',
  thresholds: Float64Array.from({ length: count }, (_, i) => i / 4 - 3),
})

/** Values on thresholds, between them, beyond them, and none. */
function valuesFor(random: () => number): number {
  const kind = Math.floor(random() * 8)
  if (kind === 0) return Number.NaN
  if (kind === 1) return Number.POSITIVE_INFINITY
  if (kind === 2) return Number.NEGATIVE_INFINITY
  return kind < 5 ? Math.floor(random() * 300) / 4 - 4 : random() * 70 - 4
}

test('bins of numbers are counts of thresholds below them, whatever the number of thresholds and rows (seed 1)', () => {
  const random = mulberry(1)
  for (const rows of [0, 1, 3, 700, 5000]) {
    const features = [0, 1, 2, 127, 128, 254].map(numeric)
    const data = Float64Array.from({ length: rows * features.length }, () => valuesFor(random))
    const block = binRows(features, data, rows)
    features.forEach((bins, feature) => {
      for (let row = 0; row < rows; row++) {
        const value = data[row * features.length + feature]
        const { thresholds } = bins as FeatureBins & { kind: 'numeric' }
        const expected = Number.isNaN(value)
          ? valueBins(bins)
          : thresholds.filter((each) => value > each).length
        assert.equal(binOf(block, row, feature), expected, `${value} among ${thresholds.length}`)
      }
    })
  }
})

test('categories are bins, those that are not known count as missing', () => {
  const bins: FeatureBins = { kind: 'category', categories: Float64Array.of(2, 5, 9) }
  const block = binRows([numeric(1), bins], Float64Array.of(0, 5, 0, 9, 0, 7, 0, Number.NaN), 4)
  assert.deepEqual(
    [0, 1, 2, 3].map((row) => binOf(block, row, 1)),
    [1, 2, 3, 3],
  )
})

/** A block of random bins, a random order of some of its rows, and derivatives at their limits. */
function randomRows(random: () => number, rows: number, features: readonly FeatureBins[]) {
  const data = Float64Array.from({ length: rows * features.length }, () => valuesFor(random))
  const order = Uint32Array.from({ length: rows }, (_, row) => row)
  for (let i = rows - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const own = order[i]
    order[i] = order[j]
    order[j] = own
  }
  const derivatives = Int32Array.from({ length: 2 * rows }, (_, i) =>
    i % 2 === 0 ? Math.round((2 * random() - 1) * (2 ** 31 - 1)) : Math.round(random() * (2 ** 24 - 1)),
  )
  return { block: binRows(features, data, rows), order, derivatives }
}

test('blocks that are joined are the block of all their rows, weights and empty ones too (seed 4)', () => {
  const random = mulberry(4)
  const features = Array.from({ length: 8 }, (_, i) => numeric(1 + 20 * i))
  const rows = 500
  const data = Float64Array.from({ length: rows * features.length }, () => valuesFor(random))
  const target = Float64Array.from({ length: rows }, random)
  for (const weight of [null, Float64Array.from({ length: rows }, random)]) {
    const part = (from: number, to: number): BoostBlock => ({
      binned: binRows(features, data.subarray(from * features.length, to * features.length), to - from),
      target: target.subarray(from, to),
      weight: weight?.subarray(from, to) ?? null,
      start: from,
    })
    const cuts = [0, 3, 3, 251, 252, 500]
    const parts = cuts.slice(1).map((to, i) => part(cuts[i], to))
    assert.deepEqual(joinBoostBlocks(parts), part(0, rows))
    assert.equal(joinBoostBlocks([parts[0]]), parts[0])
  }
})

test('histograms are the sums of plain loops, for any number of features and rows (seed 2)', () => {
  const random = mulberry(2)
  for (const count of [1, 3, 4, 5, 9])
    for (const rows of [1, 2, 1023, 1024, 1025, 3000]) {
      const features = Array.from({ length: count }, (_, i) => numeric((i * 61) % 254))
      const offsets = binOffsets(features)
      const { block, order, derivatives } = randomRows(random, rows, features)
      const room = new TreeRoom()
      room.lay(block, offsets)
      room.take({ order, derivatives })
      const cut = Math.floor(random() * rows)
      const nodes = [
        { start: cut, count: rows - cut },
        { start: 0, count: cut },
      ]
      const expected = nodes.map((node) => {
        const sums = new Float64Array(3 * offsets[count])
        for (const row of order.subarray(node.start, node.start + node.count))
          for (let feature = 0; feature < count; feature++) {
            const at = 3 * (offsets[feature] + binOf(block, row, feature))
            sums[at] += derivatives[2 * row]
            sums[at + 1] += derivatives[2 * row + 1]
            sums[at + 2]++
          }
        return sums
      })
      const made = histogramsIn(room, { offsets }, nodes)
      assert.deepEqual(
        nodes.map((_, node) => histogramAt(made, { offsets }, node)),
        expected,
      )
    }
})

test('rows that follow a split keep their order on each side (seed 3)', () => {
  const random = mulberry(3)
  for (const rows of [1, 2, 777]) {
    const features = [numeric(9), numeric(200), numeric(3), numeric(40), numeric(100)]
    const { block, order, derivatives } = randomRows(random, rows, features)
    for (const feature of [0, 3, 4]) {
      const room = new TreeRoom()
      room.lay(block, binOffsets(features))
      room.take({ order, derivatives })
      const sides = Uint8Array.from({ length: 256 }, () => (random() < 0.5 ? 1 : 0))
      const [start, count] = [Math.floor(rows / 3), rows - Math.floor(rows / 3)]
      const left = room.partition({ start, count }, feature, sides)
      const run = [...order.subarray(start)]
      const goesLeft = (row: number): boolean => sides[binOf(block, row, feature)] === 1
      const expected = [
        ...order.subarray(0, start),
        ...run.filter(goesLeft),
        ...run.filter((row) => !goesLeft(row)),
      ]
      assert.deepEqual([...room.orderOf(rows)], expected)
      assert.equal(left, run.filter(goesLeft).length)
    }
  }
})

test('rows that are put by their nodes tell the same histograms, and follow splits to the same sides (seed 6)', () => {
  const random = mulberry(6)
  const features = [9, 200, 3, 40, 100].map(numeric)
  const offsets = binOffsets(features)
  const rows = REGROUPED_ROWS + 777
  const { block, derivatives } = randomRows(random, rows, features)
  // Every fourth row is not learnt from.
  const learnt = Uint32Array.from({ length: rows }, (_, row) => row).filter((row) => row % 4 !== 1)
  const rooms = [new TreeRoom(), new TreeRoom()]
  for (const room of rooms) {
    room.lay(block, offsets)
    assert.ok(room.canRegroup)
    room.take({ order: learnt, derivatives })
  }
  const [regrouped, plain] = rooms
  const sides = Uint8Array.from({ length: 256 }, () => (random() < 0.5 ? 1 : 0))
  const part = (room: TreeRoom, runs: { start: number; count: number }[], feature: number) =>
    runs.flatMap((run) => {
      const left = room.partition(run, feature, sides)
      return [
        { start: run.start, count: left },
        { start: run.start + left, count: run.count - left },
      ]
    })
  let runs = [{ start: 0, count: learnt.length }]
  for (const feature of [1, 4]) {
    const own = part(plain, runs, feature)
    assert.deepEqual(part(regrouped, runs, feature), own)
    runs = own
  }
  runs.push({ start: learnt.length, count: 0 })
  const ids = regrouped.regroup(runs)
  assert.deepEqual(ids.subarray(0, learnt.length), plain.orderOf(learnt.length))
  assert.deepEqual([...regrouped.orderOf(3)], [0, 1, 2])
  assert.deepEqual(histogramsIn(regrouped, { offsets }, runs), histogramsIn(plain, { offsets }, runs))
  const deeper = part(plain, runs, 3)
  assert.deepEqual(part(regrouped, runs, 3), deeper)
  assert.deepEqual(histogramsIn(regrouped, { offsets }, deeper), histogramsIn(plain, { offsets }, deeper))
  assert.deepEqual(
    Uint32Array.from(regrouped.orderOf(learnt.length), (at) => ids[at]),
    plain.orderOf(learnt.length),
  )
  // Rows as they came again.
  for (const room of rooms) room.takeOrder(learnt)
  regrouped.ungroup()
  assert.deepEqual(histogramsIn(regrouped, { offsets }, runs), histogramsIn(plain, { offsets }, runs))
  const small = new TreeRoom()
  small.lay(randomRows(random, REGROUPED_ROWS - 1, features).block, offsets)
  assert.equal(small.canRegroup, false)
})

const split = (node: number, feature: number, bin: number, build: number | null): NodeSplit => ({
  ...{ node, feature, bin, build, left: 2 * node + 1, right: 2 * node + 2 },
  ...{ leftBins: null, missingLeft: false },
})

for (const outputs of [1, 3])
  test(`levels are the same where rows were left and where they are not known any more: ${outputs} trees`, () => {
    const random = mulberry(4)
    const rows = 500
    const features = [numeric(30), numeric(60)]
    const data = Float64Array.from({ length: 2 * rows }, () => valuesFor(random))
    const target = Float64Array.from({ length: rows }, () => Math.floor(random() * 3))
    const block: BoostBlock = { binned: binRows(features, data, rows), target, weight: null, start: 0 }
    const plan: BoostPlan = {
      ...{ objective: outputs === 1 ? 'squaredError' : 'softmax', outputs, features, fit: `test ${outputs}` },
      ...{ offsets: binOffsets(features), gradientUnit: 2 ** -20, hessianUnit: 2 ** -20 },
      ...{ seed: 0, validationShare: 0, lossEvery: 0 },
    }
    const at = { plan, round: 1 }
    const root = {
      predictions: Float64Array.from({ length: rows * outputs }, () => random()),
      histograms: [],
    }
    const each = <T>(value: T): T[] => Array.from({ length: outputs }, () => value)
    const levels = [
      { history: each([split(0, 0, 10, 1)]), wanted: each([1]) },
      { history: each([split(0, 0, 10, 1), split(1, 1, 20, 3), split(2, 1, 9, 6)]), wanted: each([3, 6]) },
    ]
    const ask = (level: number) => nextLevel(at, root, block, levels[level])
    const begun = beginRound(at, root, block)
    const inOrder = [ask(0), ask(1)]
    const empty = each({ tree: { value: Float64Array.of(0) }, leafOf: new Int32Array(7), splits: [] })
    assert.deepEqual(finishRound({ ...at, grown: empty as never }, root, block).predictions, root.predictions)
    for (const order of [[1], [1, 0], [0, 0, 1, 1]])
      for (const level of order) {
        if (order.length < 4) releaseCaches()
        assert.deepEqual(ask(level), inOrder[level])
      }
    assert.deepEqual(beginRound(at, root, block), begun)
    // Another round's rows are others.
    assert.deepEqual(beginRound({ plan, round: 2 }, root, block), begun)
  })

/** A copy of a block, and what overwrites the block itself: as a worker does with memory that nobody looks at. */
function passing(block: BoostBlock): { block: BoostBlock; overwrite: () => void } {
  const { binned, target } = block
  const own = { ...block, target: target.slice(), binned: { ...binned, bytes: binned.bytes.slice() } }
  return {
    block: own,
    overwrite: () => {
      own.binned.bytes.fill(255)
      own.target.fill(Number.NaN)
    },
  }
}

test('levels are the same where a block is written over behind each task: nothing of it is kept but copies (seed 8)', () => {
  const random = mulberry(8)
  const features = [30, 60, 90, 120, 200].map(numeric)
  const rows = REGROUPED_ROWS + 77
  const data = Float64Array.from({ length: features.length * rows }, () => valuesFor(random))
  const target = Float64Array.from({ length: rows }, random)
  const whole: BoostBlock = { binned: binRows(features, data, rows), target, weight: null, start: 0 }
  const splits = Array.from({ length: 15 }, (_, node) => split(node, node % 5, 3 + node, 2 * node + 1))
  const tree = { value: Float64Array.from({ length: 16 }, (_, leaf) => leaf + 1) }
  const leafOf = Int32Array.from({ length: 31 }, (_, node) => (node < 15 ? -1 : node - 15))
  const steps = (validationShare: number, fit: string) => {
    const plan: BoostPlan = {
      ...{ objective: 'squaredError', outputs: 1, features, fit, offsets: binOffsets(features) },
      ...{ gradientUnit: 2 ** -20, hessianUnit: 2 ** -20, seed: 0, validationShare, lossEvery: 0 },
    }
    const at = { plan, round: 1 }
    const orders = [1, 3, 7, 15].map((known) => ({
      history: [splits.slice(0, known)],
      wanted: [Array.from({ length: known + 1 }, (_, i) => known + i)],
    }))
    return (block: (work: (own: BoostBlock) => unknown) => unknown) => {
      const root = { predictions: new Float64Array(rows), histograms: [] }
      return [
        block((own) => beginRound(at, root, own)),
        ...orders.map((order) => block((own) => nextLevel(at, root, own, order))),
        block((own) => finishRound({ ...at, grown: [{ tree, leafOf, splits }] as never }, root, own)),
      ]
    }
  }
  for (const validationShare of [0, 0.2]) {
    const kept = steps(validationShare, 'kept')((work) => work(whole))
    const passed = steps(
      validationShare,
      'passing',
    )((work) => {
      const { block, overwrite } = passing(whole)
      const made = work(block)
      overwrite()
      return made
    })
    assert.deepEqual(passed, kept)
  }
})

test('a room that holds some features at a time reads the others where the block stands now (seed 9)', () => {
  const random = mulberry(9)
  const rows = 400
  const features = Array.from({ length: 11 }, (_, i) => numeric(5 + 20 * i))
  const offsets = binOffsets(features)
  const { block, order, derivatives } = randomRows(random, rows, features)
  const all = [{ start: 0, count: rows }]
  const plain = new TreeRoom()
  plain.lay(block, offsets)
  plain.take({ order, derivatives })
  const expected = histogramsIn(plain, { offsets }, all)
  const room = new TreeRoom(GROUP * rows)
  const first = { ...block, bytes: block.bytes.slice() }
  room.lay(first, offsets)
  room.take({ order, derivatives })
  for (let again = 0; again < 3; again++) assert.deepEqual(histogramsIn(room, { offsets }, all), expected)
  room.leave()
  first.bytes.fill(0)
  assert.throws(() => histogramsIn(room, { offsets }, all), /this block was left/)
  room.see(block)
  assert.deepEqual(histogramsIn(room, { offsets }, all), expected)
})

test('a task of steps says that it kept nothing where none of its kernels does', () => {
  const forgetful = keepsNothing(kernel('test.forgetful', (_: unknown, block: number) => block + 1))
  const keeper = kernel('test.keeper', (_: unknown, block: number) => 2 * block)
  const step = (run: typeof keeper) => ({ run, state: null, others: 0 })
  for (const [runs, keptNothing] of [
    [[forgetful], true],
    [[forgetful, forgetful], true],
    [[forgetful, keeper], false],
    [[keeper, forgetful], false],
  ] as const) {
    takeKeptNothing()
    runSteps(runs.map(step), 3)
    assert.equal(takeKeptNothing(), keptNothing)
  }
  for (const run of [beginRound, nextLevel, finishRound]) assert.ok(kernelNames.keepsNothing(run))
  mergeStates(forgetful as never, 1, 2, 3)
  assert.equal(takeKeptNothing(), true)
  sumBlocks(((blocks: readonly number[]) => blocks.length) as never, 1, 2)
  assert.equal(takeKeptNothing(), false)
})

test('a large block, whose rows are put by their nodes, tells what small blocks of its rows tell (seed 7)', () => {
  const random = mulberry(7)
  const features = [30, 60].map(numeric)
  const rows = REGROUPED_ROWS + 500
  const data = Float64Array.from({ length: 2 * rows }, () => valuesFor(random))
  const target = Float64Array.from({ length: rows }, random)
  const weight = Float64Array.from({ length: rows }, () => Math.floor(4 * random()))
  const blockOf = (from: number, to: number): BoostBlock => ({
    binned: binRows(features, data.subarray(2 * from, 2 * to), to - from),
    ...{ target: target.subarray(from, to), weight: weight.subarray(from, to), start: from },
  })
  const cuts = [0, 9000, 20_000, 31_000, rows]
  const parts = cuts.slice(1).map((to, i) => blockOf(cuts[i], to))
  const whole = blockOf(0, rows)
  const offsets = binOffsets(features)
  const plan: BoostPlan = {
    ...{ objective: 'squaredError', outputs: 1, features, fit: 'test by nodes', offsets },
    ...{ gradientUnit: 2 ** -20, hessianUnit: 2 ** -20, seed: 0, validationShare: 0.1, lossEvery: 0 },
  }
  const rootOf = ({ target: { length } }: BoostBlock) => ({
    predictions: Float64Array.from({ length }, (_, row) => row / length),
    histograms: [],
  })
  const roots = parts.map(rootOf)
  const root = { predictions: joinNumbers(roots.map(({ predictions }) => predictions)), histograms: [] }
  const splits = Array.from({ length: 31 }, (_, node) =>
    split(node, Math.floor(2 * random()), Math.floor(25 * random()), 2 * node + 1),
  )
  for (const round of [1, 2]) {
    const at = { plan, round }
    const atParts = { plan: { ...plan, fit: 'test of parts' }, round }
    for (let depth = 0; depth < 6; depth++) {
      const history = [splits.slice(0, 2 ** depth - 1)]
      const wanted = [Array.from({ length: 2 ** depth }, (_, i) => 2 ** depth - 1 + i)]
      const orders = { history, wanted }
      const [made] = nextLevel(at, root, whole, orders).histograms
      const [first, ...rest] = parts.map(
        (part, i) => nextLevel(atParts, roots[i], part, orders).histograms[0],
      )
      for (const each of rest) for (let i = 0; i < first.length; i++) first[i] += each[i]
      assert.deepEqual(made, first, `round ${round}, depth ${depth}`)
    }
    const leafOf = Int32Array.from({ length: 63 }, (_, node) => (node < 31 ? -1 : node - 31))
    const tree = { value: Float64Array.from({ length: 32 }, (_, leaf) => leaf + 1) }
    const grown = [{ tree, leafOf, splits }] as never
    const expected = joinNumbers(
      parts.map((part, i) => finishRound({ ...atParts, grown }, roots[i], part).predictions),
    )
    assert.deepEqual(finishRound({ ...at, grown }, root, whole).predictions, expected)
    const leaves = new Set(expected.map((value, row) => Math.round(value - root.predictions[row])))
    assert.ok(leaves.size > 8)
  }
})
