// Why a task has no result, as plain data that any process and any panel can show.

/** A place in the user's own source: lines and columns count from 1. */
export interface SourcePlace {
  file: string
  line: number
  column: number
}

export type FailureKind =
  /** The user's function threw. */
  | 'threw'
  /** The function, an argument or the result cannot travel. */
  | 'cannot-travel'
  /** Its workers died too often while running it. */
  | 'workers-died'
  /** It ran longer than its `timeoutMs`. */
  | 'timed-out'
  /** It grew past its memory limit. */
  | 'out-of-memory'
  /** Data that nobody can compute again is gone, e.g. scattered data whose worker died. */
  | 'data-lost'
  /** Something that it depends on has no result; `dependency` says which. */
  | 'dependency-failed'
  | 'cancelled'

export interface TaskFailure {
  kind: FailureKind
  /** The error's class name, e.g. `TypeError`. */
  name: string
  message: string
  /** The whole stack, the user's frames first, mapped to the user's files. */
  stack: string
  /** The first frame in the user's own files. */
  place?: SourcePlace
  /** The key of the task that failed first. */
  key: string
  /** The address or name of the worker it ran on. */
  worker?: string
  /** The error itself, encoded as a value, so that the client can throw one of the same class. */
  error?: Uint8Array
  /** What the user's function was given, each argument in a few words. */
  inputs?: string[]
  /** The file on the worker's machine that holds the function and its inputs: see `host/failedTask.ts`. */
  inputsFile?: string
  /** What led to it: for `workers-died` one line a death. */
  story?: string[]
  /** What happened to the task until then, a line a step with its moment in UTC (`localTime.ts`); nothing where many fail at a time. */
  history?: string[]
}
