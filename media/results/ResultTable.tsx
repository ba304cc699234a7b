// A result of rows that are all here, or of which the first are: sorted and filtered in the page.

import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { Display } from '../../runtime/protocol/runs.ts'
import { count, plural } from '../cluster/quantity.ts'
import { ResultGrid, ROW_HEIGHT } from './ResultGrid.tsx'
import { nextSort, shownRows, stretchInView, type TableSort } from './tableRows.ts'

export function ResultTable({ display }: { display: Extract<Display, { kind: 'table' }> }): JSX.Element {
  const { columns, numeric, rows, totalRows } = display
  const [filter, setFilter] = useState('')
  const [sort, setSort] = useState<TableSort>()
  const [scrollTop, setScrollTop] = useState(0)
  const [viewHeight, setViewHeight] = useState(600)
  const shown = useMemo(() => shownRows(rows, numeric, filter, sort), [rows, filter, sort])
  const cut = totalRows > rows.length
  const status = filter
    ? `${count(shown.length)} of ${plural(rows.length, 'row')}`
    : cut
      ? `The first ${count(rows.length)} of ${plural(totalRows, 'row')}`
      : plural(totalRows, 'row')
  return (
    <ResultGrid
      columns={columns}
      numeric={numeric}
      total={shown.length}
      stretch={stretchInView(shown.length, ROW_HEIGHT, scrollTop, viewHeight)}
      rowAt={(place) => ({ number: shown[place], cells: rows[shown[place]] })}
      filter={filter}
      onFilter={setFilter}
      sort={sort}
      onSort={(column) => setSort(nextSort(sort, column))}
      onScroll={setScrollTop}
      onHeight={setViewHeight}
      status={status}
    >
      {shown.length === 0 && (
        <p class="muted grid-empty">
          {rows.length === 0 ? 'The result has no rows.' : 'No row holds this text.'}
        </p>
      )}
    </ResultGrid>
  )
}
