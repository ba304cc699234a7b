// The public API of the package `heddle`: everything a user's program imports. A test keeps a snapshot of its names.

export type { AdaptOptions } from './cluster/adapt.ts'
// Lazy collections: they build, and are computed by the client that is there.
export {
  ArrayArgumentError,
  type AvroOptions,
  array,
  type Bag,
  BagArgumentError,
  type BagOptions,
  bag,
  type ChunkedArray,
  type ChunkSpec,
  ChunksError,
  type Columns,
  type ComputedArray,
  type CsvOptions,
  coalesce,
  col,
  compute,
  DataFrame,
  type Delayed,
  type DelayedFunction,
  type DelayedOptions,
  DelayedUseError,
  DrawingError,
  DTypeError,
  type DTypeName,
  dataframe,
  delayed,
  Expr,
  ExpressionError,
  FileChangedError,
  FileError,
  FileFormatError,
  FilesThereError,
  isDelayed,
  type JoinOptions,
  KeyError,
  type Lazy,
  len,
  lit,
  memoryFiles,
  NdArray,
  NoFilesError,
  NotACollectionError,
  optimize,
  type ParquetOptions,
  type PartitionOptions,
  PluckError,
  persist,
  SchemaMismatchError,
  ShapeError,
  type ShuffleOptions,
  type SortOptions,
  type StorageOptions,
  struct,
  Table,
  TableArgumentError,
  type TableCsvOptions,
  type TableJsonOptions,
  type TableParquetOptions,
  type TableWriteOptions,
  TaskOptionError,
  type TextOptions,
  type TreeOptions,
  visualize,
  type WriteMode,
  type WriteOptions,
  when,
} from './collections/index.ts'
// What travels to workers, and how a class says how it does.
export { CannotTravelError } from './functions/cannotTravel.ts'
export { TaskFailedError } from './functions/failureOf.ts'
export { onWorker, perWorker } from './functions/perWorker.ts'
export { fromWorker, toWorker } from './functions/travelSymbols.ts'
export { OptionError } from './kernels/optionNames.ts'
export { type DataType, DataTypeError } from './kernels/table/dataType.ts'
export { ExpressionTypeError } from './kernels/table/expressionTypeError.ts'
export { DuplicateColumnError, MissingColumnError } from './kernels/table/schema.ts'
// Estimators that learn where the data is.
export * as ml from './ml/index.ts'
// What keeps a machine that ssh reaches from being used.
export { HostError, SshError } from './remote/hostErrors.ts'
// Options for everything that a block of code asks for.
export { annotate } from './session/annotate.ts'
// Waiting for futures: as they come, all, first, with a progress bar, or not at all.
export {
  type AsCompletedOptions,
  asCompleted,
  fireAndForget,
  type Waited,
  type WaitOptions,
  wait,
} from './session/asCompleted.ts'
export type { CallOptions } from './session/callOptions.ts'
// A connection to a cluster.
export { BoundOptions, Client, type Scattered } from './session/client.ts'
// Inside a task: which one it is, and the client for tasks of its own.
export { type CurrentTask, currentTask } from './session/currentTask.ts'
// What can go wrong beside a task's own error.
export {
  CancelledError,
  ClosedError,
  ConnectError,
  DatasetError,
  LostError,
  RefusedError,
  UsageError,
  WaitTimeoutError,
} from './session/errors.ts'
// A task's result, held on the cluster.
export { type Argument, type Arguments, Future } from './session/future.ts'
export type { FutureStatus } from './session/futureTable.ts'
export type { GatherOptions } from './session/gather.ts'
export type { Computed } from './session/nested.ts'
export type { LocalOptions } from './session/openCluster.ts'
export { type ProgressOptions, progress } from './session/progress.ts'
export type { DatasetInfo } from './session/publish.ts'
export type { ScatterOptions } from './session/scatter.ts'
export type { SlurmClientOptions } from './session/slurmClient.ts'
export type { SshClientOptions } from './session/sshClient.ts'
export { ProfileError } from './slurm/checkProfile.ts'
export type { JobReport, JobsReport } from './slurm/jobsReport.ts'
export { SlurmError } from './slurm/slurmCommands.ts'
export type { SlurmProfile } from './slurm/slurmProfile.ts'
export type { ScaleTarget } from './slurm/wishes.ts'
