// A bag whose items workers hold: how many each partition has, and its rows as somebody looks at them, cut out where they are.

import type { Bag } from '../collections/bag/bag.ts'
import { buildTogether } from '../graph/collection.ts'
import { TaskGraph } from '../graph/taskGraph.ts'
import type { ListForm } from '../kernels/bag/listTable.ts'
import {
  cellsAt,
  compareRows,
  firstItems,
  itemCount,
  type ListView,
  type RowAt,
  ranksInRun,
  runSample,
  runStretch,
  type ViewRun,
  viewRun,
} from '../kernels/bag/listView.ts'
import { ambientClient } from './ambient.ts'
import { OTHERS_LOOKED_AT } from './viewsInUse.ts'

/** One in so many rows of a sorted partition is looked at to say where all are cut. */
const SAMPLE_EVERY = 1024

/** So many looked-at rows go into one bucket: about 8,000 rows, which are put in order here when somebody looks at them. */
const SAMPLES_PER_BUCKET = 8

/** Has a bag's items held by workers, if they are not yet. */
export async function heldList(given: Bag<unknown>): Promise<HeldList> {
  const bag = await given.persist()
  const counts = await bag.mapPartitions(itemCount).compute()
  return new HeldList(bag, counts)
}

/** A bag in partitions that are held, each a bag of its own. */
export class HeldList {
  readonly bag: Bag<unknown>
  readonly #partitions: readonly Bag<unknown>[]
  /** How many items stand before each partition; the last is how many there are. */
  readonly #starts: readonly number[]

  /** @param counts items of each partition */
  constructor(bag: Bag<unknown>, counts: readonly number[]) {
    this.bag = bag
    this.#partitions = partitionsOf(bag)
    this.#starts = startsOf(counts)
  }

  get length(): number {
    return this.#starts.at(-1)!
  }

  /** The first items, or all where there are fewer. */
  async firstItems(count: number): Promise<unknown[]> {
    const parts = stretches(this.#starts, 0, count).map(({ part, from, to }) =>
      this.#partitions[part].mapPartitions(firstItems, to - from),
    )
    return (await (await ambientClient()).compute(parts)).flat()
  }

  /** Where the rows `start` to `end` of the list stand. */
  rowsBetween(start: number, end: number): RowAt[] {
    return stretches(this.#starts, start, end).flatMap(({ part, from, to }) =>
      Array.from({ length: to - from }, (_, i) => ({ key: null, partition: part, place: from + i })),
    )
  }

  /** The cells of rows, wherever they stand, in their order. */
  async cells(rows: readonly RowAt[], form: ListForm): Promise<string[][]> {
    const byPartition = Map.groupBy(
      rows.map(({ partition, place }, at) => ({ partition, place, at })),
      ({ partition }) => partition,
    )
    const wanted = [...byPartition]
    const found = await (await ambientClient()).compute(
      wanted.map(([partition, own]) =>
        this.#partitions[partition].mapPartitions(
          cellsAt,
          form,
          own.map(({ place }) => place),
        ),
      ),
    )
    const cells = new Array<string[]>(rows.length)
    wanted.forEach(([, own], i) => {
      own.forEach(({ at }, j) => {
        cells[at] = found[i][j]
      })
    })
    return cells
  }

  /**
   * The rows as somebody looks at them: each partition's in their order stay with the workers, and where they are cut
   * into buckets, that come one after another, is told here.
   */
  async lookedAt(form: ListForm, view: ListView, signal: AbortSignal): Promise<LookedList> {
    const runs = await this.bag.mapPartitions(viewRun, form, view).persist()
    const client = await ambientClient()
    // The items themselves are wanted by every view.
    const cancel = (): void => client.cancel(runs, { reason: OTHERS_LOOKED_AT })
    if (signal.aborted) cancel()
    else signal.addEventListener('abort', cancel, { once: true })
    signal.throwIfAborted()
    const parts = partitionsOf(runs)
    const samples = await client.compute(
      parts.map((run, i) => run.mapPartitions(runSample, i, SAMPLE_EVERY)),
      { signal },
    )
    const counts = samples.map(([{ count }]) => count)
    const descending = view.sort?.descending ?? false
    const sampled = samples.flatMap(([{ rows }]) => rows)
    sampled.sort((a, b) => compareRows(a, b, descending))
    const cuts = sampled.filter((_, i) => i % SAMPLES_PER_BUCKET === SAMPLES_PER_BUCKET - 1)
    // Without an order the rows of a partition follow those of the one before.
    const ranks =
      cuts.length === 0
        ? counts.map(() => [])
        : await client.compute(
            parts.map((run, i) => run.mapPartitions(ranksInRun, i, cuts, descending)),
            { signal },
          )
    return new LookedList(parts, counts, view.sort ? { ranks, descending } : undefined)
  }
}

/** The rows of each partition as they are looked at, one run in a partition of its own. */
type Runs = readonly Bag<ViewRun>[]

/** Rows of a list that were filtered or sorted. */
export class LookedList {
  readonly #runs: Runs
  /** Rows before each bucket, or before each partition where they are not sorted. */
  readonly #starts: readonly number[]
  readonly #order: { edges: readonly (readonly number[])[]; descending: boolean } | undefined

  /**
   * @param counts rows of each run
   * @param sorted how many rows of each run stand before each cut
   */
  constructor(
    runs: Runs,
    counts: readonly number[],
    sorted: { ranks: readonly (readonly number[])[]; descending: boolean } | undefined,
  ) {
    this.#runs = runs
    if (!sorted) {
      this.#starts = startsOf(counts)
      return
    }
    const edges = counts.map((count, run) => [0, ...sorted.ranks[run], count])
    this.#order = { edges, descending: sorted.descending }
    const buckets = (edges[0]?.length ?? 1) - 1
    this.#starts = startsOf(
      Array.from({ length: buckets }, (_, bucket) =>
        edges.reduce((sum, own) => sum + own[bucket + 1] - own[bucket], 0),
      ),
    )
  }

  get length(): number {
    return this.#starts.at(-1)!
  }

  /** Where the rows `start` to `end` stand, in their order. */
  async rowsBetween(start: number, end: number): Promise<RowAt[]> {
    const wanted = stretches(this.#starts, start, end)
    const rows = await Promise.all(
      wanted.map(async ({ part, from, to }) =>
        this.#order
          ? (await this.#bucket(part)).slice(from, to)
          : this.#stretchesOf([{ run: part, from, to }]),
      ),
    )
    return rows.flat()
  }

  async #bucket(bucket: number): Promise<RowAt[]> {
    const { edges, descending } = this.#order!
    const rows = await this.#stretchesOf(
      edges.map((own, run) => ({ run, from: own[bucket], to: own[bucket + 1] })).filter(isSome),
    )
    return rows.sort((a, b) => compareRows(a, b, descending))
  }

  async #stretchesOf(parts: readonly { run: number; from: number; to: number }[]): Promise<RowAt[]> {
    const client = await ambientClient()
    const found = await client.compute(
      parts.map(({ run, from, to }) => this.#runs[run].mapPartitions(runStretch, run, from, to)),
    )
    return found.flat()
  }
}

const isSome = ({ from, to }: { from: number; to: number }): boolean => from < to

/** Each partition of a persisted bag as a bag of its own. */
function partitionsOf<T>(held: Bag<T>): Bag<T>[] {
  const [references] = buildTogether(new TaskGraph(), [held])
  return references.map((one) => held.standingOn([one]))
}

function startsOf(counts: readonly number[]): number[] {
  let before = 0
  return [0, ...counts.map((count) => (before += count))]
}

/** Which parts the places `start` to `end` of all lie in, and where there. */
function stretches(
  starts: readonly number[],
  start: number,
  end: number,
): { part: number; from: number; to: number }[] {
  return starts
    .slice(0, -1)
    .map((before, part) => ({
      part,
      from: Math.max(0, start - before),
      to: Math.min(starts[part + 1], end) - before,
    }))
    .filter(isSome)
}
