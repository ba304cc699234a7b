// The public API of the package `heddle`: everything a user's program imports. A test keeps a snapshot of its names.

export { annotate } from './session/annotate.ts'
export {
  type AsCompletedOptions,
  asCompleted,
  fireAndForget,
  type Waited,
  type WaitOptions,
  wait,
} from './session/asCompleted.ts'
export type { CallOptions } from './session/callOptions.ts'
export { BoundOptions, Client, type Scattered } from './session/client.ts'
export {
  CancelledError,
  ClosedError,
  ConnectError,
  LostError,
  RefusedError,
  UsageError,
  WaitTimeoutError,
} from './session/errors.ts'
export { type Argument, type Arguments, Future } from './session/future.ts'
export type { FutureStatus } from './session/futureTable.ts'
export type { GatherOptions } from './session/gather.ts'
export type { Computed } from './session/nested.ts'
export type { LocalOptions } from './session/openCluster.ts'
export { type ProgressOptions, progress } from './session/progress.ts'
export type { ScatterOptions } from './session/scatter.ts'
