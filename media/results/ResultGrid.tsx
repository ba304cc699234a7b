// Rows as a grid with a filter above: only those in view are in the page. What they are, and which are shown, is said from outside.

import type { ComponentChildren, JSX } from 'preact'
import { count } from '../cluster/quantity.ts'
import { ScrollRegion } from '../frame/ScrollRegion.tsx'
import type { Stretch, TableSort } from './tableRows.ts'

export const ROW_HEIGHT = 24

interface ResultGridProps {
  columns: readonly string[]
  numeric: readonly boolean[]
  /** How many rows are shown, those out of view too. */
  total: number
  stretch: Stretch
  /** The row at a place: its number in what was given, from 0, and its cells; no cells where they have not come yet. */
  rowAt(place: number): { number: number; cells: readonly string[] | undefined }
  filter: string
  onFilter(text: string): void
  sort: TableSort | undefined
  onSort(column: number): void
  onScroll(scrollTop: number): void
  onHeight(height: number): void
  /** Beside the filter. */
  status: string
  /** All rows are being looked through. */
  working?: { onCancel(): void }
  /** In place of rows. */
  children?: ComponentChildren
}

export function ResultGrid(props: ResultGridProps): JSX.Element {
  const { columns, numeric, total, stretch, rowAt, sort } = props
  const { first, end, above, below } = stretch
  return (
    <div class="result-table">
      <div class="table-tools">
        <vscode-textfield
          label="Filter rows"
          placeholder="Filter rows"
          type="search"
          value={props.filter}
          onInput={(event: Event) => props.onFilter((event.currentTarget as HTMLInputElement).value)}
        />
        <span class="muted" role="status">
          {props.status}
        </span>
        {props.working && (
          <>
            {/* How far it is nobody knows: sorting is several steps. */}
            <div class="working" role="progressbar" aria-label="Looking through all rows" />
            <button type="button" class="link" onClick={props.working.onCancel}>
              Cancel
            </button>
          </>
        )}
      </div>
      <ScrollRegion
        class="grid-scroller"
        label="Rows of the result"
        onScroll={props.onScroll}
        onHeight={props.onHeight}
      >
        <table class="grid" aria-rowcount={total + 1} aria-colcount={columns.length}>
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
                    <button type="button" class="sort-button" onClick={() => props.onSort(index)}>
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
            {Array.from({ length: Math.max(0, end - first) }, (_, offset) => {
              const { number, cells } = rowAt(first + offset)
              return (
                <tr key={number} aria-rowindex={first + offset + 2}>
                  <td class="row-number">{count(number + 1)}</td>
                  {columns.map((_, column) => {
                    const cell = cells ? (cells[column] ?? '') : '…'
                    return (
                      <td
                        key={column}
                        class={numeric[column] ? 'numeric' : ''}
                        title={cell.length > 40 ? cell : undefined}
                      >
                        {cell}
                      </td>
                    )
                  })}
                  <td class="filler" aria-hidden="true" />
                </tr>
              )
            })}
            {below > 0 && <Gap height={below} columns={columns.length + 2} />}
          </tbody>
        </table>
        {props.children}
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
