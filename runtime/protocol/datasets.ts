// What programs and the scheduler say of published datasets, inside `query` and `answer`.

/** Asks to hold results by a name, in `details` of the query `publish`. */
export interface PublishRequest {
  name: string
  /** What it is, e.g. `array`, `future`, `data` for plain data with such inside. */
  kind: string
  /** The sender's handles, part by part. */
  handles: number[]
  /** What makes the same of them in another program; nobody but programs reads it. */
  description: Uint8Array
  overwrite: boolean
}

/** Published; or the name is taken, or the sender does not hold the handle at that place. */
export type PublishAnswer = { published: number } | { taken: DatasetSummary } | { unheld: number }

/** What is published by a name; or, where nothing is, the names that there are. */
export type DatasetAnswer = FoundDataset | { names: string[] }

export interface FoundDataset {
  /** Another each time that something is published. */
  number: number
  description: Uint8Array
  /** Per task, in the order of the handles: its digest (16 bytes), its name, and the key that the user chose. */
  digests: Uint8Array
  taskNames: string[]
  customKeys: (string | null)[]
}

/** What the list of datasets says of one. */
export interface DatasetSummary {
  name: string
  kind: string
  /** The name of the client that published it. */
  by: string
  publishedMs: number
  /** Partitions, blocks and futures, and how many of them are there by now. */
  tasks: number
  done: number
  /** Of those that are there. */
  bytes: number
}
