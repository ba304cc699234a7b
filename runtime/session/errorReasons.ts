// What led to an error: its causes, and the errors that it holds, a line each.

const REASONS_MAX = 8
const LINE_MAX = 300

/**
 * The causes of an error from the outermost in, and the errors of an `AggregateError`, as lines.
 * @example errorReasons(new Error('no', { cause: new TypeError('x is no list') })) // ['caused by TypeError: x is no list']
 */
export function errorReasons(error: unknown): string[] {
  const lines: string[] = []
  const seen = new Set<unknown>()
  const add = (of: unknown, indent: string): void => {
    if (typeof of !== 'object' || of === null || seen.has(of) || lines.length >= REASONS_MAX) return
    seen.add(of)
    const { cause, errors } = of as { cause?: unknown; errors?: unknown }
    if (of instanceof AggregateError && Array.isArray(errors))
      for (const [i, one] of errors.entries()) {
        if (lines.length >= REASONS_MAX) {
          lines.push(`${indent}… and ${errors.length - i} more`)
          return
        }
        lines.push(`${indent}- ${lineOf(one)}`)
        add(one, `${indent}  `)
      }
    if (cause !== undefined && cause !== null) {
      lines.push(`${indent}caused by ${lineOf(cause)}`)
      add(cause, indent)
    }
  }
  add(error, '')
  return lines
}

function lineOf(reason: unknown): string {
  const text = reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason)
  const [first] = text.split('\n', 1)
  return first.length > LINE_MAX ? `${first.slice(0, LINE_MAX)}…` : first
}
