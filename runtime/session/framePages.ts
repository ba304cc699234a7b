// Pages of a table that stays on the cluster: filtered and sorted there as a whole, and brought partition by partition as somebody looks.

import { DataFrame } from '../collections/dataframe/dataframe.ts'
import { col, type Expr } from '../collections/dataframe/expr.ts'
import { heldPlan } from '../collections/dataframe/sources.ts'
import type { Table } from '../collections/dataframe/table.ts'
import { buildTogether } from '../graph/collection.ts'
import { TaskGraph } from '../graph/taskGraph.ts'
import { cellText } from '../kernels/bag/valueText.ts'
import { type DataType, isDatetime, isNumeric } from '../kernels/table/dataType.ts'
import type { RowsPage, RowsRequest, RowsView } from '../protocol/rows.ts'
import { ambientClient } from './ambient.ts'
import type { PageSource } from './rowsQueue.ts'
import { OTHERS_LOOKED_AT, ViewsInUse } from './viewsInUse.ts'

/** Partitions whose rows are here. */
const OPEN_MAX = 3

/** The whole table as somebody looks at it now. */
interface Looked {
  partitions: DataFrame[]
  /** How many rows stand before each partition; the last is how many there are. */
  starts: number[]
  /** Rows of partitions that are here, those that were looked at last at the end. */
  open: Map<DataFrame, Record<string, unknown>[]>
}

export class FramePages implements PageSource {
  readonly isOnCluster = true
  readonly #given: DataFrame | Table
  #whole: Promise<DataFrame> | undefined
  readonly #views = new ViewsInUse<Looked>()

  /** @param given a table that was computed is put on workers when the first page is asked for */
  constructor(given: DataFrame | Table) {
    this.#given = given
  }

  get columns(): string[] {
    return this.#given.columns
  }

  /** Whether each column holds numbers. */
  get numeric(): boolean[] {
    return Object.values(this.#given.schema).map(isNumeric)
  }

  /** @throws {Error} what went wrong on the cluster */
  async page({ view, start, count }: RowsRequest, viewer = 0): Promise<RowsPage> {
    const { partitions, starts, open } = await this.#views.lookedAt(viewer, JSON.stringify(view), (signal) =>
      this.#lookAt(view, signal),
    )
    const totalRows = starts.at(-1) ?? 0
    const end = Math.min(start + count, totalRows)
    const rows: string[][] = []
    for (const [i, partition] of partitions.entries()) {
      if (starts[i + 1] <= start || starts[i] >= end) continue
      const records = await recordsOf(partition, open)
      for (const record of records.slice(Math.max(0, start - starts[i]), end - starts[i]))
        rows.push(this.columns.map((name) => cellText(record[name])))
    }
    return { totalRows, start, rows }
  }

  /** The window does not wait for what is being sorted or filtered: its tasks end, unless others wait. What is there already stays. */
  giveUp(viewer: number): void {
    this.#views.giveUp(viewer)
  }

  leave(viewer: number): void {
    this.#views.leave(viewer)
  }

  async #lookAt(view: RowsView, signal: AbortSignal): Promise<Looked> {
    const whole = await this.whole()
    const { filter, sort } = view
    let frame = whole
    const matches = filter === '' ? undefined : holdsText(whole.schema, filter)
    if (matches) frame = frame.filter(matches)
    if (sort) frame = frame.sort(this.columns[sort.column], { descending: sort.descending })
    const held = frame === whole ? whole : await frame.persist()
    const client = await ambientClient()
    if (held !== whole) {
      // The whole table is wanted by every view.
      const cancel = (): void => client.cancel(held, { reason: OTHERS_LOOKED_AT })
      if (signal.aborted) cancel()
      else signal.addEventListener('abort', cancel, { once: true })
    }
    signal.throwIfAborted()
    const [references] = buildTogether(new TaskGraph(), [held])
    const partitions = references.map((one) => held.standingOn([one]))
    const lengths = await client.compute(
      partitions.map((one) => one.len()),
      { signal },
    )
    let before = 0
    const starts = [0, ...lengths.map((length) => (before += Number(length)))]
    return { partitions, starts, open: new Map() }
  }

  /** The whole table, standing on what workers hold. */
  whole(): Promise<DataFrame> {
    this.#whole ??= this.#held()
    return this.#whole
  }

  async #held(): Promise<DataFrame> {
    const given = this.#given
    if (given instanceof DataFrame) return given.persist()
    const futures = await (await ambientClient()).scatter([...given.frames])
    return new DataFrame(heldPlan(futures, given.fields, given.length))
  }
}

async function recordsOf(partition: DataFrame, open: Looked['open']): Promise<Record<string, unknown>[]> {
  const records = open.get(partition) ?? (await partition.toRecords())
  open.delete(partition)
  open.set(partition, records)
  const [oldest] = open.keys()
  if (open.size > OPEN_MAX) open.delete(oldest)
  return records
}

/** Moments as the cells show them: of the world's time, to the millisecond. */
const SHOWN_MOMENT = '%Y-%m-%dT%H:%M:%S%.3fZ'

/** A column's cells as texts; nothing of lists, records and lengths of time. */
function textsOf(name: string, type: DataType): Expr | undefined {
  if (type === 'string') return col(name)
  if (type === 'date' || type === 'datetime' || isDatetime(type))
    return col(name).cast({ datetime: 'ms' }).dt.format(SHOWN_MOMENT)
  if (isNumeric(type) || type === 'category' || type === 'boolean') return col(name).cast('string')
  return undefined
}

/**
 * Whether one of a row's cells holds a text, in any case: of columns of texts, numbers, truth values, dates and moments.
 * @returns nothing where a table has no such column
 */
export function holdsText(schema: Readonly<Record<string, DataType>>, text: string): Expr | undefined {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return undefined
  let any: Expr | undefined
  for (const [name, type] of Object.entries(schema)) {
    const cell = textsOf(name, type)
    if (!cell) continue
    const holds = cell.str.toLowerCase().str.contains(wanted, { literal: true }).fillNull(false)
    any = any ? any.or(holds) : holds
  }
  return any
}
