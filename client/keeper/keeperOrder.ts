// What the window orders a keeper to do, and what the keeper answers: plain data between two processes.

export interface KeeperOrder {
  /** The folder of the `heddle` package whose programs run. */
  runtime: string
  /** Options of the scheduler's program. */
  args: string[]
  /** The socket (or named pipe) on which windows tell that they are there. */
  socket: string
  /** How long the cluster lives on with no window: a reload takes a few seconds. */
  graceMs: number
  /** Lives on without any window until it is stopped. */
  keep: boolean
}

/** One line on the keeper's standard output, once. */
export type KeeperAnswer = { kind: 'ready'; clusterFile: string } | { kind: 'failed'; reason: string }

/** A line from a window to the keeper, over the socket. */
export type KeeperWord = 'keep' | 'let-go'

/** The environment variable that carries the order, since a token of a proxy or the like may stand in an argument. */
export const ORDER_ENV = 'HEDDLE_KEEPER'
