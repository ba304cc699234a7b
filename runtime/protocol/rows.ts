// Pages of a run's value that stays: what editors ask for, and what they are answered.

import type { Region, RegionRequest } from './regions.ts'

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

/** What a session that stays is asked for, and gives. */
export type PageRequest = RowsRequest | RegionRequest
export type Page = RowsPage | Region

/** From the scheduler to the session of a run, and back. */
export interface PageOrder {
  kind: 'page'
  id: number
  /** The window that asks: what one looks at does not end what another waits for. */
  viewer: number
  request: PageRequest
}
/** A window is gone. */
export interface ViewerLeft {
  kind: 'viewer-left'
  viewer: number
}
export type PageAnswer = { kind: 'page'; id: number } & ({ page: Page } | { refused: string })

/** What a session says once its run is over and it stays for the pages of its value. */
export const STAYS_FOR_ROWS = { kind: 'stays-for-rows' } as const
