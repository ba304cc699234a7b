// A process that serves one large value and many small ones, for the benches of the data plane.

import { encodeValue } from '../../../runtime/functions/valueCodec.ts'
import { SHARE_FROM_BYTES } from '../../../runtime/host/dataFrames.ts'
import { DataServer } from '../../../runtime/host/dataServer.ts'

const [address, largeBytes] = process.argv.slice(2)
const large = encodeValue(new Float64Array(Number(largeBytes) / 8).fill(1.5), {
  shareFromBytes: SHARE_FROM_BYTES,
})
const small = encodeValue({ row: 17, name: 'a small result' })
const server = new DataServer(
  { lend: (task) => ({ value: task === 0 ? large : small, giveBack: () => {} }), put: () => {} },
  'bench',
  (byteLength) => new SharedArrayBuffer(byteLength),
)
console.log(await server.listen(address))
process.on('disconnect', () => process.exit())
