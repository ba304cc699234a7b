// `bag`: everything that makes a bag.

export * from './parquetReaders.ts'
export * from './readers.ts'
export * from './sources.ts'
