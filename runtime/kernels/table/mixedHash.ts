// Workers whose engines hash differently must not shuffle together: equal keys would go to different places.

import { kernel } from '../kernel.ts'

/** Parts of one shuffle were split on machines whose hashes differ: equal keys would have gone to different places. */
export class MixedHashError extends Error {
  override name = 'MixedHashError'
}
kernel('error.MixedHashError', MixedHashError)

/** @throws {MixedHashError} when the marks of several hashes differ */
export function requireOneHash(marks: readonly (string | undefined)[]): void {
  if (new Set(marks.filter((mark) => mark !== undefined)).size > 1)
    throw new MixedHashError(
      'workers of this cluster split rows by different hashes, so equal keys did not come together: ' +
        'install the same nodejs-polars on all of them, for the same kind of processor, or set HEDDLE_TABLE_ENGINE=columns everywhere',
    )
}
