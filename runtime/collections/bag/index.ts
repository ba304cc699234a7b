// `bag`: everything that makes a bag.

export * from './avroReader.ts'
export * from './parquetReaders.ts'
export * from './readers.ts'
export * from './sources.ts'
