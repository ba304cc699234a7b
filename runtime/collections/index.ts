// The collections' part of heddle's public names.

export { BagArgumentError } from './bag/arguments.ts'
export type { Bag, BagOptions, ShuffleOptions, TreeOptions } from './bag/bag.ts'
export { NoFilesError } from './bag/files.ts'
export * as bag from './bag/index.ts'
export type { Columns, ParquetOptions } from './bag/parquetReaders.ts'
export type { CsvOptions, TextOptions } from './bag/readers.ts'
export type { PartitionOptions } from './bag/sources.ts'
export type { WriteOptions } from './bag/write.ts'
export { compute, NotACollectionError, persist } from './compute.ts'
export { delayed, isDelayed } from './delayed/delayed.ts'
export { DelayedUseError } from './delayed/proxy.ts'
export type { Delayed, DelayedFunction, DelayedOptions, Lazy } from './delayed/types.ts'
