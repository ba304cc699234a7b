// Gives pages of a run's value over the channel of its process, one question after the other.

import type { RowsAnswer, RowsOrder } from '../protocol/rows.ts'
import { STAYS_FOR_ROWS } from '../protocol/rows.ts'
import type { FramePages } from './framePages.ts'

/** From now on, and for as long as the process lives: who listens to a channel keeps its process. */
export function servePages(pages: FramePages): void {
  let before: Promise<void> = Promise.resolve()
  process.on('message', (message) => {
    const order = message as RowsOrder
    if (order?.kind !== 'rows') return
    before = before.then(async () => {
      process.send?.(await answerOf(pages, order))
    })
  })
  process.send?.(STAYS_FOR_ROWS)
}

async function answerOf(pages: FramePages, { id, ...request }: RowsOrder): Promise<RowsAnswer> {
  try {
    return { kind: 'rows', id, page: await pages.page(request) }
  } catch (error) {
    return { kind: 'rows', id, refused: (error as Error).message }
  }
}
