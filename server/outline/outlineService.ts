// Asks the runtime what a collection is, in a process of its own: started by the first question, ended when it is stuck or idle.

import { type ChildProcess, fork } from 'node:child_process'
import type { Outline, Recipe } from '../../runtime/protocol/recipe.ts'

const NODE_OPTIONS = [
  // Beyond its heap the process ends, and nothing is said of what it was asked. A thread would take the server along.
  '--max-old-space-size=192',
  '--max-semi-space-size=4',
]
/** Whoever waits is told without it. */
const ANSWER_MS_MAX = 1000
/** What takes longer is given up, with the process. */
const STUCK_MS = 10_000
/** Its memory is given back. */
const IDLE_MS = 60_000
/** So many processes that end without an answer, one after the other: there is no runtime that can be asked. */
const FAILURES_MAX = 3

type Outlines = readonly (Outline | undefined)[]

export class OutlineService {
  readonly #program: string
  #process: ChildProcess | undefined
  #end: NodeJS.Timeout | undefined
  #failures = 0
  #last = 0
  readonly #asked = new Map<number, (outlines: Outlines | undefined) => void>()

  /** @param program the process's file, of the runtime */
  constructor(program: string) {
    this.#program = program
  }

  /**
   * @param folder absolute: where relative paths of files begin
   * @returns nothing where it cannot be told without running the program, or not soon
   */
  async ask(recipe: Recipe, folder: string): Promise<Outline | undefined> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), ANSWER_MS_MAX)
    })
    const outlines = await Promise.race([this.#answer([recipe], folder, true), late])
    clearTimeout(timer)
    return outlines?.[0]
  }

  /**
   * Outlines without what takes long to find out, as `shapesOf` of the runtime gives them: however long the answer takes.
   * @returns one for each recipe; nothing at all where the process ended, or there is none
   */
  shapes(recipes: readonly Recipe[], folder: string): Promise<Outlines | undefined> {
    return this.#answer(recipes, folder, false)
  }

  #answer(recipes: readonly Recipe[], folder: string, isWhole: boolean): Promise<Outlines | undefined> {
    const child = this.#started()
    if (!child) return Promise.resolve(undefined)
    const id = ++this.#last
    return new Promise((resolve) => {
      try {
        child.send({ id, recipes, folder, isWhole }, () => {})
      } catch {
        // It is nested too deeply to be sent.
        resolve(undefined)
        return
      }
      this.#asked.set(id, resolve)
      this.#endAfter(STUCK_MS)
    })
  }

  stop(): void {
    clearTimeout(this.#end)
    this.#failures = FAILURES_MAX
    this.#process?.kill('SIGKILL')
  }

  #endAfter(ms: number): void {
    clearTimeout(this.#end)
    this.#end = setTimeout(() => this.#process?.kill('SIGKILL'), ms)
    this.#end.unref()
  }

  #started(): ChildProcess | undefined {
    if (this.#process || this.#failures >= FAILURES_MAX) return this.#process
    const child = fork(this.#program, {
      execArgv: NODE_OPTIONS,
      // Keeps what is used twice one object.
      serialization: 'advanced',
      stdio: 'ignore',
    })
    child.unref()
    child.channel?.unref()
    this.#process = child
    child.on('message', ({ id, outlines }: { id: number; outlines: Outlines }) => {
      this.#failures = 0
      this.#asked.get(id)?.(outlines)
      this.#asked.delete(id)
      if (this.#asked.size === 0) this.#endAfter(IDLE_MS)
    })
    const ended = (): void => {
      if (this.#process !== child) return
      this.#process = undefined
      if (this.#asked.size > 0) this.#failures++
      for (const answer of this.#asked.values()) answer(undefined)
      this.#asked.clear()
    }
    child.on('error', ended)
    child.on('exit', ended)
    return child
  }
}
