// A value on its way between threads, processes and disks.

/** `bytes` is self-contained but for `buffers`: large typed-array payloads that threads of one worker share without a copy. */
export interface EncodedValue {
  bytes: Uint8Array
  buffers: SharedArrayBuffer[]
}
