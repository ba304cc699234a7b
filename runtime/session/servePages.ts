// Gives pages of a run's value over the channel of its process, one question after the other; a newer view ends the work for an older one.

import type { RowsAnswer, RowsOrder } from '../protocol/rows.ts'
import { STAYS_FOR_ROWS } from '../protocol/rows.ts'
import type { FramePages } from './framePages.ts'
import { RowsQueue } from './rowsQueue.ts'

/** From now on, and for as long as the process lives: who listens to a channel keeps its process. */
export function servePages(pages: FramePages): void {
  const queue = new RowsQueue(pages)
  process.on('message', (message) => {
    const order = message as RowsOrder
    if (order?.kind !== 'rows') return
    void answerOf(queue, order).then((answer) => process.send?.(answer))
  })
  process.send?.(STAYS_FOR_ROWS)
}

async function answerOf(queue: RowsQueue, { id, ...request }: RowsOrder): Promise<RowsAnswer> {
  try {
    return { kind: 'rows', id, page: await queue.ask(request) }
  } catch (error) {
    return { kind: 'rows', id, refused: (error as Error).message }
  }
}
