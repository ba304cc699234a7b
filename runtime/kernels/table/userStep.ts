// Calls a function of the user's with a partition, or with the rows of each group, and takes what it gives.

import { kernel } from '../kernel.ts'
import { arrowLibrary, columnsFromIpc, ipcFromColumns, openArrow } from './arrow.ts'
import type { Cell, Column } from './columns/column.ts'
import { groupRows } from './columns/groupRows.ts'
import { columnsFromRecords, recordsOf } from './columns/values.ts'
import { typeText } from './dataType.ts'
import type { Frame } from './frame.ts'
import type { Schema } from './schema.ts'
import type { Step } from './steps.ts'

/** A function of the user's gave something that is not the table it said. */
export class UserTableError extends TypeError {
  override name = 'UserTableError'
}
kernel('error.UserTableError', UserTableError)

type UserStep = Extract<Step, { step: 'map' | 'mapGroups' }>
type Call = (...args: unknown[]) => unknown

/** The columns that the function gives. */
export async function userStep(
  step: UserStep,
  columns: readonly Column[],
  rows: number,
  args: readonly unknown[],
): Promise<Column[]> {
  const call = step.fn as Call
  if (step.step === 'map') {
    const input = step.as === 'arrow' ? openArrow(ipcFromColumns(columns)) : recordsOf(columns, rows)
    const given = taken(await call(input, ...step.rest), step.output, step.label)
    return step.edges
      ? trimmed(
          given,
          rows,
          step.edges.map((slot) => (args[slot] as Frame).rows),
        )
      : given
  }
  const keys = columns.filter(({ name }) => step.keys.includes(name))
  const records = recordsOf(columns, rows)
  const given: unknown[] = []
  for (const group of groupRows(keys, rows)) {
    const own = group.map((row) => records[row])
    const key = Object.fromEntries(keys.map(({ name }) => [name, own[0][name]]))
    const answer = await call(own, key)
    const list = isRows(answer) ? answer : [answer]
    for (const record of list) given.push({ ...key, ...(record as object) })
  }
  return taken(given, step.output, 'apply')
}

/** Without the rows that were borrowed from neighbours. */
function trimmed(columns: readonly Column[], rows: number, [before, after]: readonly number[]): Column[] {
  return columns.map((column) => {
    if (column.cells.length !== rows)
      throw new UserTableError(
        `mapOverlap takes a function that gives a row for each it gets: it got ${rows} and gave ${column.cells.length}`,
      )
    return { ...column, cells: column.cells.slice(before, rows - after) }
  })
}

const isRows = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value

function taken(answer: unknown, output: Schema, label: string): Column[] {
  const known = answer as { toIPC?: unknown; schema?: unknown; children?: unknown } | null
  if (answer instanceof Uint8Array) return matched(columnsFromIpc(answer), output, label)
  if (typeof answer === 'object' && known !== null && 'children' in known && 'schema' in known)
    return matched(arrowColumns(answer as Parameters<typeof arrowColumns>[0]), output, label)
  if (isRows(answer)) {
    const rows = [...answer]
    requireCells(rows, output, label)
    return columnsFromRecords(rows, output)
  }
  throw new UserTableError(
    `${label} takes a function that gives rows (a list of records) or Arrow columns, not ${answer === null ? 'null' : `a value of type ${typeof answer}`}`,
  )
}

/**
 * A row may lack a cell, which is then null; but not where it has one of another name, which would be lost.
 * @throws {UserTableError} naming both
 */
function requireCells(rows: readonly unknown[], output: Schema, label: string): void {
  const names = new Set(output.map(({ name }) => name))
  rows.forEach((row, i) => {
    if (typeof row !== 'object' || row === null) return
    const lacking = output.find(({ name }) => !(name in row))
    const other = lacking && Object.keys(row).find((name) => !names.has(name))
    if (other !== undefined)
      throw new UserTableError(
        `${label} should give the column ${lacking!.name}: ${typeText(lacking!.type)}, and row ${i} has none, but ${JSON.stringify(other)}. Say what it gives by schema.`,
      )
  })
}

/** An Arrow table of the user's, written and read once so that any version of the library will do. */
function arrowColumns(table: import('@uwdata/flechette').Table): Column[] {
  const { tableToIPC } = arrowLibrary()
  return columnsFromIpc(tableToIPC(table, { format: 'stream' }) as Uint8Array)
}

function matched(columns: readonly Column[], output: Schema, label: string): Column[] {
  return output.map(({ name, type }) => {
    const column = columns.find((each) => each.name === name)
    if (!column)
      throw new UserTableError(
        `${label} should give the column ${name}: ${typeText(type)}, and gave ${columns.map((each) => each.name).join(', ')}. Say what it gives by schema.`,
      )
    return { name, type, cells: column.cells as readonly Cell[] }
  })
}
