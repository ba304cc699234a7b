// A thread that decodes each value it is sent and looks at it once, for the bench of sharing within a worker.

import { parentPort } from 'node:worker_threads'
import type { EncodedValue } from '../../../runtime/functions/encodedValue.ts'
import { decodeValue } from '../../../runtime/functions/valueCodec.ts'

parentPort!.on('message', (value: EncodedValue) => {
  const array = decodeValue(value) as Float64Array
  parentPort!.postMessage(array[array.length - 1])
})
