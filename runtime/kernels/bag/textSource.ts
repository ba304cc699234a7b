// Lines of a text file as batches, each line knowing its file and number.

import { BATCH_ITEMS, type Batch, type Origin, renewable } from './batch.ts'
import type { FileRange, TextSource } from './plan.ts'
import { linesBefore, textPieces } from './textPieces.ts'

/** The lines of one partition: without line ends, be they LF or CRLF; a last line need not have one. */
export async function* textBatches(spec: TextSource, ranges: readonly FileRange[]): AsyncGenerator<Batch> {
  for (const range of ranges) {
    if (spec.whole) yield await wholeFile(spec, range)
    else yield* linesOf(spec, range)
  }
}

async function* linesOf(spec: TextSource, range: FileRange): AsyncGenerator<Batch> {
  const [path] = range
  let first = 0
  for await (const { text } of textPieces(range, spec)) {
    const lines = text.split('\n')
    if (lines[lines.length - 1] === '') lines.pop()
    if (text.includes('\r')) for (let i = 0; i < lines.length; i++) lines[i] = withoutReturn(lines[i])
    for (let at = 0; at < lines.length; at += BATCH_ITEMS) {
      const part = lines.slice(at, at + BATCH_ITEMS)
      const origin = new LineOrigin(range, first + at)
      if (!spec.includePath) yield { items: part, origin }
      else yield renewable(() => part.map((line) => [line, path]), { origin })
    }
    first += lines.length
  }
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line)

async function wholeFile(spec: TextSource, range: FileRange): Promise<Batch> {
  const texts: string[] = []
  for await (const { text } of textPieces(range, spec)) texts.push(text)
  const text = texts.join('')
  return renewable(() => [spec.includePath ? [text, range[0]] : text], { origin: { place: () => range[0] } })
}

class LineOrigin implements Origin {
  readonly #range: FileRange
  readonly #first: number

  constructor(range: FileRange, first: number) {
    this.#range = range
    this.#first = first
  }

  async place(row: number): Promise<string> {
    const line = this.#first + row + 1 + (await linesBefore(this.#range))
    return `${this.#range[0]}, line ${line.toLocaleString('en-US')}`
  }
}
