// `bag`: everything that makes a bag.

export * from './readers.ts'
export * from './sources.ts'
