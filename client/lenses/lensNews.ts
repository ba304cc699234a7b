// Says that lenses have changed until they have been asked for. No `vscode`.

/**
 * How long VS Code may take to ask, and how many times it is told again, each time after twice as long. It waits for at least
 * 250 ms, and for longer where lenses took long before; being told again makes it wait anew.
 */
const FIRST_WAIT_MS = 1000
const TIMES = 5

/**
 * VS Code forgets that lenses have changed where its editor loses the focus before it asks for them: who runs a line and
 * clicks elsewhere at once would never see its Cancel. So each editor that shows a document is waited for.
 */
export class LensNews {
  readonly #tell: () => void
  readonly #shown: () => Iterable<string>
  #unasked = new Set<string>()
  #timer: NodeJS.Timeout | undefined

  /**
   * @param tell fires the event that VS Code listens to
   * @param shown the documents that editors show now, each by a text that is its own
   */
  constructor(tell: () => void, shown: () => Iterable<string>) {
    this.#tell = tell
    this.#shown = shown
  }

  /** Lenses are others now. */
  changed(): void {
    this.#unasked = new Set(this.#shown())
    this.#again(FIRST_WAIT_MS, TIMES)
    this.#tell()
  }

  /** VS Code asks for the lenses of a document. */
  asked(document: string): void {
    this.#unasked.delete(document)
    if (this.#unasked.size === 0) clearTimeout(this.#timer)
  }

  dispose(): void {
    clearTimeout(this.#timer)
  }

  #again(ms: number, times: number): void {
    clearTimeout(this.#timer)
    if (times === 0 || this.#unasked.size === 0) return
    this.#timer = setTimeout(() => {
      // What is not shown any more is asked for when it is opened.
      this.#unasked = this.#unasked.intersection(new Set(this.#shown()))
      if (this.#unasked.size === 0) return
      this.#again(2 * ms, times - 1)
      this.#tell()
    }, ms)
  }
}
