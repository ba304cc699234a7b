// Gives pages and regions of a run's value over the channel of its process; a newer view of a window ends the work for its older one.

import type { PageAnswer, PageOrder, ViewerLeft } from '../protocol/rows.ts'
import { STAYS_FOR_ROWS } from '../protocol/rows.ts'
import { type PageSource, RowsQueue } from './rowsQueue.ts'

/** From now on, and for as long as the process lives: who listens to a channel keeps its process. */
export function servePages(pages: PageSource): void {
  const queue = new RowsQueue(pages)
  process.on('message', (message) => {
    const order = message as PageOrder | ViewerLeft
    if (order?.kind === 'viewer-left') queue.leave(order.viewer)
    if (order?.kind !== 'page') return
    void answerOf(queue, order).then((answer) => process.send?.(answer))
  })
  process.send?.(STAYS_FOR_ROWS)
}

async function answerOf(queue: RowsQueue, { id, viewer, request }: PageOrder): Promise<PageAnswer> {
  try {
    return { kind: 'page', id, page: await queue.ask(request, viewer) }
  } catch (error) {
    return { kind: 'page', id, refused: (error as Error).message }
  }
}
