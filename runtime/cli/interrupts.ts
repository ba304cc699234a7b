// Ctrl-C and its kin while a program runs: the program is ended first, the cluster after it; a second one ends all at once.

import type { ChildProcess } from 'node:child_process'

/** The terminal sends Ctrl-C to the program as well; who sends it to this process alone has it passed on. */
const PASS_ON_MS = 100
/** How long the program may take to let go of what it holds. */
const PATIENCE_MS = 3000

export class Interrupts {
  /** The first one that came. */
  signal: NodeJS.Signals | undefined
  /** The program handles it itself: it says when it has ended, and with what. */
  isHandled = false
  #patience: NodeJS.Timeout | undefined
  readonly #forces: (() => void)[] = []
  #session: ChildProcess | undefined

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => this.#received(signal))
  }

  /** What a second Ctrl-C does before this process ends by force. */
  beforeForce(act: () => void): void {
    this.#forces.push(act)
  }

  /** From now on the session is what a signal ends. */
  endOnSignal(session: ChildProcess): void {
    this.#session = session
    this.beforeForce(() => void session.kill('SIGKILL'))
    if (this.signal) this.#end(this.signal)
  }

  /** The program has handlers of its own: it is given the time that they take. A second Ctrl-C still ends it by force. */
  handled(): void {
    this.isHandled = true
    clearTimeout(this.#patience)
  }

  #received(signal: NodeJS.Signals): void {
    if (this.signal === 'SIGINT' && signal === 'SIGINT') {
      for (const act of this.#forces)
        try {
          act()
        } catch {
          // It is gone already.
        }
      return
    }
    if (this.signal) return
    this.signal = signal
    this.#end(signal)
  }

  #end(signal: NodeJS.Signals): void {
    const session = this.#session
    if (!session) return
    const isOver = (): boolean => session.exitCode !== null || session.signalCode !== null
    const passOn = (): void => {
      if (!isOver()) session.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal)
    }
    if (signal === 'SIGINT' && process.stdin.isTTY) setTimeout(passOn, PASS_ON_MS)
    else passOn()
    this.#patience = setTimeout(() => {
      if (!isOver()) session.kill('SIGKILL')
    }, PATIENCE_MS).unref()
  }
}
