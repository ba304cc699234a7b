// Functions on the rows of a partition that methods of tables are made of.

import { kernel } from '../kernel.ts'

/** Calls a function for every row. */
export const mapRows = kernel(
  'table.mapRows',
  async (
    rows: readonly unknown[],
    fn: (row: unknown, ...rest: unknown[]) => unknown,
    ...rest: unknown[]
  ): Promise<unknown[]> => {
    const given: unknown[] = []
    for (const row of rows) given.push(await fn(row, ...rest))
    return given
  },
)

/** The first and last value of a sorted column; nothing for no rows. */
export const boundsOfRows = kernel(
  'table.boundsOfRows',
  (rows: readonly Record<string, unknown>[], name: string): { first: unknown; last: unknown }[] =>
    rows.length === 0 ? [] : [{ first: rows[0][name], last: rows[rows.length - 1][name] }],
)
