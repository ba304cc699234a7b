// The records of avro files as batches.

import { avroBlocks, readAvroHeader } from '../files/avroFile.ts'
import { openFile } from '../files/sourceFile.ts'
import { BATCH_ITEMS, type Batch } from './batch.ts'
import { type AvroSource, type FileRange, plannedFile } from './plan.ts'

/** The records of one partition: those of the blocks that begin in its ranges. */
export async function* avroBatches(spec: AvroSource, ranges: readonly FileRange[]): AsyncGenerator<Batch> {
  for (const range of ranges) {
    const [path, , , start, end] = range
    const file = await openFile(plannedFile(range))
    try {
      const header = await readAvroHeader(file, spec.int64)
      for await (const { records, at } of avroBlocks(file, header, start, end))
        for (let first = 0; first < records.length; first += BATCH_ITEMS) {
          const place = (row: number): string =>
            `${path}, record ${first + row + 1} of the block at byte ${at}`
          yield { items: records.slice(first, first + BATCH_ITEMS), origin: { place } }
        }
    } finally {
      await file.close()
    }
  }
}
