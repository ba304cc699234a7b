// The last lines of a scheduler's log: kept for who asks; most are written on and told to whoever is connected too.

export interface LogLine {
  atMs: number
  level: string
  text: string
}

const KEPT_MAX = 1000

export class Logs {
  readonly #kept: LogLine[] = []
  readonly #tell: (line: LogLine) => void

  constructor(tell: (line: LogLine) => void) {
    this.#tell = tell
  }

  add(level: string, text: string, atMs: number): void {
    this.keep(level, text, atMs)
    this.#tell({ atMs, level, text })
  }

  /** Keeps a line for who asks: nobody's work is interrupted by it. */
  keep(level: string, text: string, atMs: number): void {
    this.#kept.push({ atMs, level, text })
    if (this.#kept.length > KEPT_MAX) this.#kept.shift()
  }

  lines(): LogLine[] {
    return this.#kept.slice()
  }
}
