// A result of rows: a table that sorts, filters and keeps only the rows in view in the page.

import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { Display } from '../../runtime/protocol/runs.ts'
import { count, plural } from '../cluster/quantity.ts'
import { ScrollRegion } from '../frame/ScrollRegion.tsx'
import { nextSort, shownRows, stretchInView, type TableSort } from './tableRows.ts'

const ROW_HEIGHT = 24

export function ResultTable({ display }: { display: Extract<Display, { kind: 'table' }> }): JSX.Element {
  const { columns, numeric, rows, totalRows } = display
  const [filter, setFilter] = useState('')
  const [sort, setSort] = useState<TableSort>()
  const [scrollTop, setScrollTop] = useState(0)
  const [viewHeight, setViewHeight] = useState(600)
  const shown = useMemo(() => shownRows(rows, numeric, filter, sort), [rows, filter, sort])
  const { first, end, above, below } = stretchInView(shown.length, ROW_HEIGHT, scrollTop, viewHeight)
  const cut = totalRows > rows.length
  return (
    <div class="result-table">
      <div class="table-tools">
        <vscode-textfield
          label="Filter rows"
          placeholder="Filter rows"
          type="search"
          value={filter}
          onInput={(event: Event) => setFilter((event.currentTarget as HTMLInputElement).value)}
        />
        <span class="muted" role="status">
          {filter
            ? `${count(shown.length)} of ${plural(rows.length, 'row')}`
            : cut
              ? `The first ${count(rows.length)} of ${plural(totalRows, 'row')}`
              : plural(totalRows, 'row')}
        </span>
      </div>
      <ScrollRegion
        class="grid-scroller"
        label="Rows of the result"
        onScroll={setScrollTop}
        onHeight={setViewHeight}
      >
        <table class="grid" aria-rowcount={shown.length + 1} aria-colcount={columns.length}>
          <thead>
            <tr aria-rowindex={1}>
              <th scope="col" class="row-number">
                <span class="visually-hidden">Row</span>
              </th>
              {columns.map((column, index) => {
                const sorted =
                  sort?.column === index ? (sort.descending ? 'descending' : 'ascending') : undefined
                return (
                  <th key={index} scope="col" class={numeric[index] ? 'numeric' : ''} aria-sort={sorted}>
                    <button type="button" class="sort-button" onClick={() => setSort(nextSort(sort, index))}>
                      {column}
                      <span aria-hidden="true">{sorted ? (sorted === 'ascending' ? ' ↑' : ' ↓') : ''}</span>
                    </button>
                  </th>
                )
              })}
              <td class="filler" aria-hidden="true" />
            </tr>
          </thead>
          <tbody>
            {above > 0 && <Gap height={above} columns={columns.length + 2} />}
            {shown.slice(first, end).map((index, offset) => (
              <tr key={index} aria-rowindex={first + offset + 2}>
                <td class="row-number">{count(index + 1)}</td>
                {rows[index].map((cell, column) => (
                  <td
                    key={column}
                    class={numeric[column] ? 'numeric' : ''}
                    title={cell.length > 40 ? cell : undefined}
                  >
                    {cell}
                  </td>
                ))}
                <td class="filler" aria-hidden="true" />
              </tr>
            ))}
            {below > 0 && <Gap height={below} columns={columns.length + 2} />}
          </tbody>
        </table>
        {shown.length === 0 && (
          <p class="muted grid-empty">
            {rows.length === 0 ? 'The result has no rows.' : 'No row holds this text.'}
          </p>
        )}
      </ScrollRegion>
    </div>
  )
}

/** Stands for the rows that are out of view. */
function Gap({ height, columns }: { height: number; columns: number }): JSX.Element {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it can be focused; it only takes up height.
    <tr aria-hidden="true" class="gap">
      <td colSpan={columns} style={{ height: `${height}px` }} />
    </tr>
  )
}
