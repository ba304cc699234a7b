// `dataframe`: everything that makes a table.

export { fromArray } from './fromArray.ts'
export { readParquet } from './readParquet.ts'
export { readCsv, readIpc, readJsonLines } from './readText.ts'
export { concat, fromBag, fromColumns, fromDelayed, fromRecords } from './sources.ts'
