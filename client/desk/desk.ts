// The process that does elsewhere what an editor asks: `heddle slurm desk` or `heddle ssh desk` as an object. No `vscode`.

import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { DeskCalls, DeskQuestion, FromDesk, ToDesk } from '../../runtime/protocol/deskLines.ts'
import { programEnvironment } from '../node/programEnvironment.ts'

/** What the desk could not do: the text is its own, and names what to change. */
export class DeskError extends Error {
  override name = 'DeskError'
}

export interface DeskEvents {
  notice(text: string): void
  /** A question of ssh's; nothing when the person will not answer. */
  ask(question: DeskQuestion): Promise<string | undefined>
}

export class Desk<Calls extends DeskCalls<keyof Calls>> {
  readonly #child: ChildProcess
  readonly #events: DeskEvents
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  #next = 0
  #last = ''
  #over: DeskError | undefined

  /** @param kind which desk: the command line after `heddle` is `KIND desk` */
  constructor(kind: 'slurm' | 'ssh', programs: { node: string; runtime: string }, events: DeskEvents) {
    this.#events = events
    const cli = path.join(programs.runtime, 'dist', 'cli.js')
    this.#child = spawn(
      programs.node,
      ['--disable-warning=ExperimentalWarning', cli, kind, 'desk'],
      // It ends with its input: a window that crashes leaves none behind.
      { stdio: ['pipe', 'pipe', 'pipe'], env: programEnvironment(), windowsHide: true },
    )
    this.#child.once('error', (error) => this.#end(`${programs.node} does not start: ${error.message}`))
    this.#child.once('close', (code) => this.#end(this.#last || `it ended with code ${code}`))
    this.#child.stdin!.on('error', () => {}) // It has ended: 'close' says so.
    createInterface({ input: this.#child.stdout! }).on('line', (line) => this.#hear(line))
    createInterface({ input: this.#child.stderr! }).on('line', (line) => {
      this.#last = line.trim() || this.#last
    })
  }

  /** @throws {DeskError} */
  ask<N extends keyof Calls & string>(what: N, params: Calls[N]['params']): Promise<Calls[N]['answer']> {
    if (this.#over) return Promise.reject(this.#over)
    const id = ++this.#next
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
      this.#say({ kind: 'ask', id, what, params })
    })
  }

  /** Gives up a start that goes on: nothing of it is left. */
  stop(): void {
    this.#say({ kind: 'stop' })
  }

  /** The ways that it opened end; clusters go on. */
  close(): void {
    this.#child.stdin!.end()
  }

  #say(line: ToDesk): void {
    this.#child.stdin!.write(`${JSON.stringify(line)}\n`)
  }

  #hear(text: string): void {
    const line = JSON.parse(text) as FromDesk
    switch (line.kind) {
      case 'answer':
        this.#take(line.id)?.resolve(line.value)
        return
      case 'failed':
        this.#take(line.id)?.reject(new DeskError(line.text))
        return
      case 'notice':
        this.#events.notice(line.text)
        return
      case 'question':
        void this.#events.ask(line).then((said) =>
          this.#say({
            kind: 'reply',
            question: line.question,
            ...(said !== undefined && { text: said }),
          }),
        )
        return
      default:
        line satisfies never
    }
  }

  #take(id: number): { resolve(value: unknown): void; reject(error: Error): void } | undefined {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    return waiting
  }

  #end(why: string): void {
    this.#over ??= new DeskError(`the program that reaches the cluster has ended: ${why}`)
    for (const { reject } of this.#waiting.values()) reject(this.#over)
    this.#waiting.clear()
  }
}
