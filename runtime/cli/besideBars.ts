// Lets the program print on the terminal that shows its progress: what it prints takes the bars' place, nothing of them stays.

/**
 * Runs in the session before anything else, with Node's `process`. The bars leave the cursor where they begin, so a line
 * of the program's starts there: it first erases what is below and to the right.
 */
export function eraseBeforeLines(streams: readonly Pick<NodeJS.WriteStream, 'isTTY' | 'write'>[]): void {
  for (const stream of streams) {
    if (!stream.isTTY) continue
    const write = stream.write as (this: unknown, ...args: unknown[]) => boolean
    let startsLine = true
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
      if (chunk.length === 0) return write.call(stream, chunk, ...rest)
      if (startsLine) write.call(stream, '\x1b[J')
      const last = chunk[chunk.length - 1]
      startsLine = last === '\n' || last === 10
      return write.call(stream, chunk, ...rest)
    }
  }
}

/** Options of Node that make a session do so: the function above as a module of its own. */
export const BESIDE_BARS: readonly string[] = [
  '--import',
  `data:text/javascript,${encodeURIComponent(`(${eraseBeforeLines})([process.stdout, process.stderr])`)}`,
]
