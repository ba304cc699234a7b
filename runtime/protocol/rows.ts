// Pages of a run's rows that stay on the cluster: what editors ask for, and what they are answered.

/** All rows, as somebody looks at them. */
export interface RowsView {
  /** Only rows with a cell that holds this text, in any case; empty: all. */
  filter: string
  /** By the column of that number. */
  sort?: { column: number; descending: boolean }
}

/**
 * So many rows of a view, from one on. One of another view gives up what was being sorted or filtered for the view before;
 * one of no rows gives up whatever is under way.
 */
export interface RowsRequest {
  view: RowsView
  start: number
  count: number
}

export interface RowsPage {
  /** Of the view. */
  totalRows: number
  start: number
  /** Cells as text, as a table's display has them; fewer than were asked for at the end. */
  rows: string[][]
}

/** In `details` of the query `rows`. */
export interface RowsQuery extends RowsRequest {
  run: string
}

/** From the scheduler to the session of a run, and back. */
export type RowsOrder = { kind: 'rows'; id: number } & RowsRequest
export type RowsAnswer = { kind: 'rows'; id: number } & ({ page: RowsPage } | { refused: string })

/** What a session says once its run is over and it stays for the pages of its value. */
export const STAYS_FOR_ROWS = { kind: 'stays-for-rows' } as const
