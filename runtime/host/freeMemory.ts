// Gives memory back that only a garbage collection would return: V8 lets 64 MB of buffers pile up before it does one.

/**
 * Frees what these bytes stand in, now; nobody may look at it again. Only bytes that have a buffer to themselves from its
 * beginning on, as those that this process allocated for one purpose: others are left as they are.
 */
export function freeMemory(bytes: Uint8Array): void {
  const { buffer, byteOffset } = bytes
  // Node's shared pool for small buffers is of 64 KiB at most, and other buffers stand in it.
  if (buffer instanceof SharedArrayBuffer || byteOffset !== 0 || buffer.byteLength <= POOL_BYTES_MAX) return
  buffer.transfer(0)
}

const POOL_BYTES_MAX = 64 * 1024
