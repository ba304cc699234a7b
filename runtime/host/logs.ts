// The last lines of a scheduler's log: kept for who asks, written on, and told to whoever is connected.

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
    const line = { atMs, level, text }
    this.#kept.push(line)
    if (this.#kept.length > KEPT_MAX) this.#kept.shift()
    this.#tell(line)
  }

  lines(): LogLine[] {
    return this.#kept.slice()
  }
}
