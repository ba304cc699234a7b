// What a task is told that changes an argument or something that it captured, where those are frozen.

const HINT =
  ': the arguments of a task and what it captures are copies, and frozen in development runs, since changes to them are ' +
  'lost. Copy first (structuredClone(x), [...list], {...object}), or run with --no-freeze'

/** The language's own error, with what to do about it. */
export function withFrozenHint(error: unknown): unknown {
  if (!(error instanceof TypeError)) return error
  const { message, stack } = error
  if (!/ read only property |object is not extensible|^Cannot (delete|redefine) property/.test(message))
    return error
  try {
    error.message = message + HINT
    error.stack = stack?.replace(message, message + HINT)
  } catch {
    // A frozen error says what it says.
  }
  return error
}
