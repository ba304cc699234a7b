// Asks the thread of the type checker, and starts it with the first question.

import { Worker } from 'node:worker_threads'
import type { TypesOfNames } from '../knowledge/subject.ts'
import { type TypeQuestion, typescriptsFor } from './checker.ts'
import type { TypeAnswer, TypeRequest } from './thread.ts'

/** Its heap: beyond it the thread ends, and texts alone are followed from then on. */
const HEAP_MB_MAX = 256
/** Less than V8 takes by itself: what a program of types leaves behind is most of its memory. */
const YOUNG_MB_MAX = 8

export class TypeService {
  readonly #program: string | URL
  readonly #typescripts: () => string[]
  #thread: Worker | undefined
  #failed = false
  #last = 0
  readonly #asked = new Map<number, (types: TypesOfNames | undefined) => void>()

  /**
   * @param program the thread's file
   * @param where the folders of the workspace, and the editor's own TypeScript, when the first question is asked
   */
  constructor(program: string | URL, where: () => { folders: readonly string[]; editors?: string }) {
    this.#program = program
    this.#typescripts = () => {
      const { folders, editors } = where()
      return typescriptsFor(folders, editors)
    }
  }

  /** What types say of the names at some offsets; nothing where no TypeScript can be asked. */
  ask(question: TypeQuestion): Promise<TypesOfNames | undefined> {
    const thread = this.#started()
    if (!thread) return Promise.resolve(undefined)
    const id = ++this.#last
    return new Promise((resolve) => {
      this.#asked.set(id, resolve)
      thread.postMessage({ id, ...question } satisfies TypeRequest)
    })
  }

  closed(file: string): void {
    this.#thread?.postMessage({ closed: file } satisfies TypeRequest)
  }

  async stop(): Promise<void> {
    this.#failed = true
    await this.#thread?.terminate()
  }

  #started(): Worker | undefined {
    if (this.#thread || this.#failed) return this.#thread
    const typescripts = this.#typescripts()
    if (typescripts.length === 0) {
      this.#failed = true
      return undefined
    }
    const thread = new Worker(this.#program, {
      workerData: { typescripts },
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX, maxYoungGenerationSizeMb: YOUNG_MB_MAX },
    })
    thread.unref()
    thread.on('message', ({ id, types }: TypeAnswer) => {
      this.#asked.get(id)?.(types && new Map(types))
      this.#asked.delete(id)
    })
    const ended = (): void => {
      this.#failed = true
      this.#thread = undefined
      for (const answer of this.#asked.values()) answer(undefined)
      this.#asked.clear()
    }
    thread.on('error', ended)
    thread.on('exit', ended)
    this.#thread = thread
    return thread
  }
}
