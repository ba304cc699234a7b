// Fetches pages of a table that stays on the cluster while somebody scrolls, sorts and filters.

import { useEffect, useRef, useState } from 'preact/hooks'
import type { RowsPage, RowsRequest, RowsView } from '../../runtime/protocol/rows.ts'
import { firstRows, missingPages, PAGE_ROWS, type RemoteRows, sameView, withPage } from './remoteRows.ts'

/** While somebody scrolls on, or types on, nothing is asked for. */
const REST_MS = 120

export interface Fetching {
  rows: RemoteRows
  /** Pages are on their way. */
  busy: boolean
  /** Why there are none. */
  refused: string | undefined
  /** Ends what is being sorted or filtered; returns the view to go back to, which is here. */
  giveUp(): RowsView
}

/** @param stretch the rows in view, as far as the view's length is known */
export function useRemoteRows(
  given: { rows: string[][]; totalRows: number },
  ask: ((request: RowsRequest) => Promise<RowsPage>) | undefined,
  view: RowsView,
  stretch: (total: number) => { first: number; end: number },
): Fetching {
  const whole = useRef<RemoteRows | undefined>(undefined)
  whole.current ??= firstRows(given.rows, given.totalRows)
  const [, setRows] = useState<RemoteRows>(whole.current)
  const [busy, setBusy] = useState(0)
  const [refused, setRefused] = useState<string>()
  const now = useRef<RemoteRows>(whole.current)
  /** The view before this one, as far as it was there: somebody may go back to it. */
  const before = useRef<RemoteRows>(whole.current)
  if (!sameView(now.current.view, view)) {
    const known = [before.current, whole.current].find((one) => sameView(one.view, view))
    if (now.current.total !== undefined) before.current = now.current
    now.current = known ?? { view, total: undefined, pages: new Map() }
  }
  const shown = now.current
  const { first, end } = stretch(shown.total ?? 0)
  const missing = missingPages(shown, first, end).join()
  const asked = useRef(new Set<string>())
  useEffect(() => {
    if (!ask || missing === '') return
    const timer = setTimeout(() => {
      for (const page of missing.split(',').map(Number)) {
        const key = JSON.stringify([view, page])
        if (asked.current.has(key)) continue
        asked.current.add(key)
        setBusy((many) => many + 1)
        ask({ view, start: page * PAGE_ROWS, count: PAGE_ROWS })
          .then((answer) => {
            now.current = withPage(now.current, view, answer)
            setRows(now.current)
            setRefused(undefined)
          })
          .catch((error: Error) => {
            // A view that nobody looks at any more was given up.
            if (sameView(now.current.view, view)) setRefused(error.message)
          })
          .finally(() => {
            asked.current.delete(key)
            setBusy((many) => many - 1)
          })
      }
    }, REST_MS)
    return () => clearTimeout(timer)
  }, [missing, JSON.stringify(view)])
  const giveUp = (): RowsView => {
    ask?.({ view: before.current.view, start: 0, count: 0 }).catch(() => {})
    setRefused(undefined)
    return before.current.view
  }
  return { rows: shown, busy: busy > 0, refused, giveUp }
}
