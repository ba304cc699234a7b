// The bytes of a Blob at once: the language gives them by a promise alone, so that a thread waits for it while this one waits
// for the thread.

import type { Worker } from 'node:worker_threads'

const READER = `
const { parentPort } = require('node:worker_threads')
parentPort.on('message', async ({ blob, port, done }) => {
  try {
    const bytes = await blob.arrayBuffer()
    port.postMessage({ bytes }, [bytes])
  } catch (error) {
    port.postMessage({ error: String(error?.message ?? error) })
  }
  port.close()
  Atomics.store(done, 0, 1)
  Atomics.notify(done, 0)
})`

let reader: Worker | undefined

/**
 * All bytes of a Blob or File.
 * @throws {Error} when they cannot be read, e.g. those of a file that is gone
 */
export function blobBytes(blob: Blob): Uint8Array {
  // Asked for here alone: few programs have any.
  const threads = process.getBuiltinModule('node:worker_threads')
  if (!reader) {
    reader = new threads.Worker(READER, { eval: true, execArgv: [] })
    reader.unref()
  }
  const { port1, port2 } = new threads.MessageChannel()
  const done = new Int32Array(new SharedArrayBuffer(4))
  reader.postMessage({ blob, port: port2, done }, [port2])
  Atomics.wait(done, 0, 0)
  const answer = threads.receiveMessageOnPort(port1)?.message as { bytes?: ArrayBuffer; error?: string }
  port1.close()
  if (!answer.bytes) throw new Error(answer.error)
  return new Uint8Array(answer.bytes)
}
