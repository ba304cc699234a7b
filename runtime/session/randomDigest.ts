// Random digests for tasks whose results must not be shared, drawn from a pool since each draw alone costs a system call.

import { randomFillSync } from 'node:crypto'
import { DIGEST_BYTES } from '../protocol/ids.ts'

const pool = new Uint8Array(256 * DIGEST_BYTES)
let used = pool.length

/** Writes 16 random bytes to `out` at `at`. */
export function fillRandom(out: Uint8Array, at: number): void {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  for (let i = 0; i < DIGEST_BYTES; i++) out[at + i] = pool[used + i]
  used += DIGEST_BYTES
}
