// What can go wrong with a client and its futures, beside a task's own error.

/** The task was cancelled, or its future was released: there will be no result. */
export class CancelledError extends Error {
  override name = 'CancelledError'
  readonly key: string
  readonly reason: string
  constructor(key: string, reason: string) {
    super(`${key} has no result: ${reason}`)
    this.key = key
    this.reason = reason
  }
}

/** The cluster is gone, and with it the result. */
export class LostError extends Error {
  override name = 'LostError'
  readonly key: string
  readonly reason: string
  constructor(key: string, reason: string) {
    super(`${key} is lost: ${reason}. Start the cluster again, then the computation.`)
    this.key = key
    this.reason = reason
  }
}

/** A wait took longer than its `timeoutMs`. What was waited for goes on. */
export class WaitTimeoutError extends Error {
  override name = 'WaitTimeoutError'
  readonly timeoutMs: number
  /** How many futures were not done yet. */
  readonly pending: number
  constructor(what: string, timeoutMs: number, pending: number) {
    super(`${what} gave up after ${timeoutMs} ms with ${pending} of its futures not done; they go on`)
    this.timeoutMs = timeoutMs
    this.pending = pending
  }
}

/** No scheduler could be reached, or it refused this client. */
export class ConnectError extends Error {
  override name = 'ConnectError'
  readonly address: string
  constructor(address: string, text: string, cause?: unknown) {
    super(text, cause === undefined ? undefined : { cause })
    this.address = address
  }
}

/** The client was closed, or its cluster has ended, before this was asked. */
export class ClosedError extends Error {
  override name = 'ClosedError'
  readonly reason: string
  constructor(reason: string) {
    super(`this client is closed: ${reason}. Make another with Client.local() or Client.connect().`)
    this.reason = reason
  }
}

/** The scheduler refused a request; its text says why. */
export class RefusedError extends Error {
  override name = 'RefusedError'
  readonly what: string
  constructor(what: string, reason: string) {
    super(reason)
    this.what = what
  }
}

/** A call of this API was given something that it cannot take. */
export class UsageError extends TypeError {
  override name = 'UsageError'
}

/** Nothing is published by a name, the name is taken, or the value cannot be published. */
export class DatasetError extends Error {
  override name = 'DatasetError'
  readonly dataset: string
  constructor(dataset: string, text: string, cause?: unknown) {
    super(text, cause === undefined ? undefined : { cause })
    this.dataset = dataset
  }
}
