// A result of rows that stay on the cluster: pages come as somebody scrolls; sorting and filtering are of all rows, on the workers.

import type { JSX } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { RowsPage, RowsRequest, RowsView } from '../../runtime/protocol/rows.ts'
import type { Display } from '../../runtime/protocol/runs.ts'
import { count, plural } from '../cluster/quantity.ts'
import { ResultGrid, ROW_HEIGHT } from './ResultGrid.tsx'
import { rowAt, stretchOfMany } from './remoteRows.ts'
import { nextSort, type TableSort } from './tableRows.ts'
import { useRemoteRows } from './useRemoteRows.ts'

interface RemoteTableProps {
  display: Extract<Display, { kind: 'table' }>
  ask(request: RowsRequest): Promise<RowsPage>
}

/** A word is typed before all rows are looked through for it. */
const FILTER_AFTER_MS = 400

export function RemoteTable({ display, ask }: RemoteTableProps): JSX.Element {
  const { columns, numeric, totalRows } = display
  const [typed, setTyped] = useState('')
  const [filter, setFilter] = useState('')
  const [sort, setSort] = useState<TableSort>()
  const [scrollTop, setScrollTop] = useState(0)
  const [viewHeight, setViewHeight] = useState(600)
  useEffect(() => {
    const timer = setTimeout(() => setFilter(typed.trim()), FILTER_AFTER_MS)
    return () => clearTimeout(timer)
  }, [typed])
  const view = useMemo<RowsView>(() => ({ filter, ...(sort && { sort }) }), [filter, sort])
  const stretchOf = (total: number) => stretchOfMany(total, ROW_HEIGHT, scrollTop, viewHeight)
  const { rows, busy, refused, giveUp } = useRemoteRows(display, ask, view, stretchOf)
  const total = rows.total ?? 0
  const stretch = stretchOf(total)
  const status =
    refused ??
    (rows.total === undefined
      ? `Looking through ${plural(totalRows, 'row')}…`
      : filter
        ? `${count(total)} of ${plural(totalRows, 'row')}`
        : plural(totalRows, 'row'))
  const cancel = (): void => {
    const { filter: text, sort: order } = giveUp()
    setTyped(text)
    setFilter(text)
    setSort(order)
  }
  return (
    <ResultGrid
      columns={columns}
      numeric={numeric}
      total={total}
      stretch={stretch}
      rowAt={(place) => ({ number: place, cells: rowAt(rows, place) })}
      filter={typed}
      onFilter={setTyped}
      sort={sort}
      onSort={(column) => setSort(nextSort(sort, column))}
      onScroll={setScrollTop}
      onHeight={setViewHeight}
      status={busy && rows.total !== undefined ? `${status} · fetching…` : status}
      working={rows.total === undefined && refused === undefined ? { onCancel: cancel } : undefined}
    >
      {rows.total === 0 && <p class="muted grid-empty">No row holds this text.</p>}
    </ResultGrid>
  )
}
