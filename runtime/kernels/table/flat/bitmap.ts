// Bitmaps: a bit a row, from the lowest of the first byte on.

export const hasBit = (bits: Uint8Array, row: number): boolean => ((bits[row >> 3] >> (row & 7)) & 1) === 1

/** A byte of 0 or 1 for each bit. */
export function expandBits(bits: Uint8Array, to: Uint8Array, at: number, rows: number): void {
  for (let i = 0; i < rows; i++) to[at + i] = (bits[i >> 3] >> (i & 7)) & 1
}

/** A bit for each byte of 0 or 1, taken by the numbers of rows. */
export function packBits(bytes: Uint8Array, order: Uint32Array | undefined, to: Uint8Array): void {
  const rows = order?.length ?? bytes.length
  to.fill(0)
  if (order) for (let i = 0; i < rows; i++) to[i >> 3] |= bytes[order[i]] << (i & 7)
  else for (let i = 0; i < rows; i++) to[i >> 3] |= bytes[i] << (i & 7)
}
