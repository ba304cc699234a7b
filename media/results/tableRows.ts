// Which rows of a result table are shown, in which order: filtered, sorted, and only those that are in view.

/** A column and its direction. */
export interface TableSort {
  column: number
  descending: boolean
}

/**
 * The rows to show, as indices into `rows`.
 * @param filter only rows with a cell that holds this text, in any case; empty: all
 * @example shownRows([['b', '2'], ['a', '10']], [false, true], '', { column: 1, descending: true }) // [1, 0]
 */
export function shownRows(
  rows: readonly (readonly string[])[],
  numeric: readonly boolean[],
  filter: string,
  sort?: TableSort,
): number[] {
  const wanted = filter.trim().toLowerCase()
  const shown: number[] = []
  rows.forEach((row, index) => {
    if (wanted === '' || row.some((cell) => cell.toLowerCase().includes(wanted))) shown.push(index)
  })
  if (!sort) return shown
  const { column, descending } = sort
  const direction = descending ? -1 : 1
  if (!numeric[column])
    return shown.sort(
      (a, b) =>
        direction * (rows[a][column] ?? '').localeCompare(rows[b][column] ?? '', 'en', { numeric: true }),
    )
  const values = rows.map((row) => numberOf(row[column] ?? ''))
  // What is no number, e.g. an empty cell, comes last either way.
  return shown.sort((a, b) => {
    const [x, y] = [values[a], values[b]]
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y))
    return direction * (x - y)
  })
}

function numberOf(cell: string): number {
  const text = cell.replaceAll(/[,_\s]/g, '')
  return text === '' ? Number.NaN : Number(text)
}

/** What a click on a column's head does: up, down, as it came. */
export function nextSort(sort: TableSort | undefined, column: number): TableSort | undefined {
  if (sort?.column !== column) return { column, descending: false }
  return sort.descending ? undefined : { column, descending: true }
}

/** The stretch of rows in view, with some to spare on both sides. */
export interface Stretch {
  first: number
  /** One after the last. */
  end: number
  /** Pixels of the rows left out before and after. */
  above: number
  below: number
}

export function stretchInView(
  total: number,
  rowHeight: number,
  scrollTop: number,
  viewHeight: number,
  spare = 12,
): Stretch {
  const first = Math.min(Math.max(0, Math.floor(scrollTop / rowHeight) - spare), Math.max(0, total - 1))
  const end = Math.min(total, Math.ceil((scrollTop + viewHeight) / rowHeight) + spare)
  return {
    first,
    end: Math.max(first, end),
    above: first * rowHeight,
    below: Math.max(0, total - end) * rowHeight,
  }
}

/** The table as tab-separated text, for the clipboard. */
export function asTabs(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return [columns, ...rows]
    .map((row) => row.map((cell) => cell.replaceAll(/[\t\r\n]+/g, ' ')).join('\t'))
    .join('\n')
}

/**
 * The table as comma-separated values: cells with commas, quotes or line ends are quoted.
 * @param numeric whether a column holds numbers, whose signs for thousands are left out
 */
export function asCsv(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  numeric: readonly boolean[] = [],
): string {
  const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const plain = (text: string, column: number): string =>
    numeric[column] && /^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(',', '') : text
  return [columns.map(cell), ...rows.map((row) => row.map((text, i) => cell(plain(text, i))))]
    .map((row) => `${row.join(',')}\r\n`)
    .join('')
}
