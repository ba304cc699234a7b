// What became of workers that are gone: Slurm knows whether it ended them, and says so a little later.

import type { JobBooks } from './jobBooks.ts'
import { endText } from './jobStates.ts'

/** Whether Slurm ended a worker, so that what it ran is not to blame, and why. */
export interface Fate {
  ended: boolean
  reason?: string
}

/** How long a worker's fate is asked after: a node that fails is found to have failed later than that. */
const FATE_MS_MAX = 10_000

export class FateQuestions {
  readonly #waiting = new Map<string, (fate: Fate) => void>()

  get areAsked(): boolean {
    return this.#waiting.size > 0
  }

  /** @param name of a worker that is gone */
  ask(name: string): Promise<Fate> {
    return new Promise((resolve) => {
      const settle = (fate: Fate): void => {
        clearTimeout(patience)
        this.#waiting.delete(name)
        resolve(fate)
      }
      const patience = setTimeout(
        () => settle({ ended: true, reason: 'its node does not answer' }),
        FATE_MS_MAX,
      )
      this.#waiting.set(name, settle)
    })
  }

  /** The worker of this name was started again: its job goes on, so what it ran may have been the reason. */
  cameAgain(name: string): void {
    this.#waiting.get(name)?.({ ended: false })
  }

  /** Answers what the jobs tell by now. */
  settle(books: JobBooks): void {
    for (const [name, settle] of [...this.#waiting]) {
      const fate = fateOf(books, name)
      if (fate) settle(fate)
    }
  }

  /** Nobody will know any more. */
  stop(): void {
    for (const settle of [...this.#waiting.values()]) settle({ ended: true, reason: 'the cluster ends' })
  }
}

/** @returns nothing while its job runs as if nothing were */
export function fateOf(books: JobBooks, worker: string): Fate | undefined {
  const job = books.jobOf(worker)
  if (!job) return { ended: true, reason: 'its job is gone' }
  const { id, phase } = job
  if (phase.kind === 'ended')
    return { ended: true, reason: `its job ${id} ${endText(phase.how, phase.reason, '')}` }
  if (phase.kind === 'pending') return { ended: true, reason: `its job ${id} was put back into the queue` }
  if (phase.kind === 'suspended') return { ended: true, reason: `its job ${id} is suspended` }
  return undefined
}
