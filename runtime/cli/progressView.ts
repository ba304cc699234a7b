// Shows a run's progress on standard error: redrawn bars on a terminal, now and then a line elsewhere.

import type { RunEvent } from '../protocol/runs.ts'
import { beganLine, computedLine, progressBars, progressLine } from './progressBar.ts'
import { openSites, type RunState } from './runState.ts'
import type { Style } from './style.ts'

export interface Terminal {
  isTTY?: boolean
  columns?: number
  write(text: string): unknown
}

/** Calls that are over sooner get no bar, which would only flicker, and no lines: a loop may make thousands of them. */
const SHOWN_AFTER_MS = 300
const REDRAW_MS = 100
/** Lines of one call where nobody can redraw come at least so far apart. */
const LINE_MS = 5000

export class ProgressView {
  readonly #terminal: Terminal
  readonly #style: Style
  readonly #state: RunState
  readonly #quiet: boolean
  readonly #now: () => number
  readonly #saidMs = new Map<number, number>()
  #drawnLines = 0
  #timer: NodeJS.Timeout | undefined

  constructor(
    terminal: Terminal,
    style: Style,
    state: RunState,
    options: { quiet?: boolean; now?: () => number } = {},
  ) {
    this.#terminal = terminal
    this.#style = style
    this.#state = state
    this.#quiet = options.quiet ?? false
    this.#now = options.now ?? Date.now
  }

  /** An event has changed the state. */
  changed(event: RunEvent): void {
    if (this.#quiet) return
    if (this.#terminal.isTTY) {
      if (event.kind === 'computing') this.#timer ??= setInterval(() => this.redraw(), REDRAW_MS)
      if (event.kind === 'computed' && openSites(this.#state).length === 0) this.clear()
      return
    }
    this.#sayPlainly(event)
  }

  /** Writes a line of text, above the bars where there are some. */
  say(text: string): void {
    this.#erase()
    this.#terminal.write(`${text}\n`)
  }

  /** Passes on what another process printed. */
  pass(text: string): void {
    this.#erase()
    this.#terminal.write(text)
  }

  redraw(): void {
    const nowMs = this.#now()
    const sites = openSites(this.#state).filter((site) => nowMs - site.beganMs >= SHOWN_AFTER_MS)
    const lines = progressBars(sites, this.#terminal.columns || 80, nowMs, this.#style)
    this.#erase()
    if (lines.length === 0) return
    // The cursor goes back to where it was: what the program prints next takes the bars' place.
    const up = lines.length > 1 ? `\x1b[${lines.length - 1}A` : ''
    this.#terminal.write(`${lines.join('\n')}${up}\r`)
    this.#drawnLines = lines.length
  }

  /** Takes the bars away and draws no more until the next call. */
  clear(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#erase()
  }

  #erase(): void {
    if (this.#drawnLines === 0) return
    this.#terminal.write('\r\x1b[J')
    this.#drawnLines = 0
  }

  #sayPlainly(event: RunEvent): void {
    const nowMs = this.#now()
    if (event.kind !== 'progress' && event.kind !== 'computed') return
    const site = this.#state.sites.get(event.site)
    if (!site || nowMs - site.beganMs < SHOWN_AFTER_MS) return
    const saidMs = this.#saidMs.get(event.site)
    if (event.kind === 'computed') {
      this.#saidMs.delete(event.site)
      this.say(computedLine(site))
    } else if (saidMs === undefined) {
      this.#saidMs.set(event.site, nowMs)
      this.say(beganLine(site))
    } else if (nowMs - saidMs >= LINE_MS) {
      this.#saidMs.set(event.site, nowMs)
      this.say(progressLine(site, nowMs))
    }
  }
}
