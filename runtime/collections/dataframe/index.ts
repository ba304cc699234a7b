// `dataframe`: everything that makes a table.

export { readParquet } from './readParquet.ts'
export { readCsv, readIpc, readJsonLines } from './readText.ts'
export { concat, fromBag, fromColumns, fromDelayed, fromRecords } from './sources.ts'
