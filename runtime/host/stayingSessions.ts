// Sessions that stay after their runs to give pages of their values: a few, the latest; the others are ended.

import type { ChildProcess } from 'node:child_process'
import {
  type Page,
  type PageAnswer,
  type PageOrder,
  type PageRequest,
  STAYS_FOR_ROWS,
  type ViewerLeft,
} from '../protocol/rows.ts'

/** Pages that cannot be had: the text says why. */
export class NoPagesError extends Error {
  override name = 'NoPagesError'
}

/** Each is a process that holds its table on the cluster. */
const STAYING_MAX = 2

interface Staying {
  child: ChildProcess
  next: number
  asked: Map<number, { resolve(page: Page): void; reject(error: Error): void }>
}

export class StayingSessions {
  /** By run, the latest at the end. */
  readonly #staying = new Map<string, Staying>()

  /** Takes a session in that says that it stays; others that stayed for longer are ended. */
  add(run: string, child: ChildProcess): void {
    const one: Staying = { child, next: 1, asked: new Map() }
    this.#staying.set(run, one)
    child.on('message', (message) => {
      const answer = message as PageAnswer
      if (answer?.kind !== 'page') return
      const asked = one.asked.get(answer.id)
      one.asked.delete(answer.id)
      if ('page' in answer) asked?.resolve(answer.page)
      else asked?.reject(new NoPagesError(answer.refused))
    })
    child.once('exit', () => {
      if (this.#staying.get(run) === one) this.#staying.delete(run)
      for (const { reject } of one.asked.values()) reject(gone())
    })
    const [oldest] = this.#staying
    if (this.#staying.size > STAYING_MAX) this.#end(...oldest)
  }

  /**
   * @param viewer the window that asks
   * @throws {NoPagesError} when the session is gone, or what was asked for cannot be computed
   */
  page(run: string, request: PageRequest, viewer: number): Promise<Page> {
    const one = this.#staying.get(run)
    if (!one?.child.connected) return Promise.reject(gone())
    const id = one.next++
    return new Promise((resolve, reject) => {
      one.asked.set(id, { resolve, reject })
      one.child.send({ kind: 'page', id, viewer, request } satisfies PageOrder)
    })
  }

  /** Nobody waits for what the sessions work out for a window that is gone. */
  viewerLeft(viewer: number): void {
    for (const { child } of this.#staying.values())
      if (child.connected) child.send({ kind: 'viewer-left', viewer } satisfies ViewerLeft)
  }

  #end(run: string, { child }: Staying): void {
    this.#staying.delete(run)
    child.kill('SIGTERM')
  }
}

/** Whether a session says that it stays. */
export const saysItStays = (message: unknown): boolean =>
  (message as { kind?: unknown } | null)?.kind === STAYS_FOR_ROWS.kind

const gone = (): NoPagesError =>
  new NoPagesError('this result is no longer held: the latest two are. Run the expression again')
