// Hands a value to another process of this host through a file in memory: the sender of the bench's `/dev/shm` figure.
//
// `sharedFile.ts BYTES`: each message from its parent is a path to write to; the answer is that path.

import { open } from 'node:fs/promises'

const value = new Uint8Array(new SharedArrayBuffer(Number(process.argv[2]))).fill(7)
const PIECE = 8 << 20

process.on('message', async (path: string) => {
  const file = await open(path, 'a+').then(async (made) => {
    await made.close()
    return open(path, 'r+')
  })
  for (let at = 0; at < value.length; at += PIECE)
    await file.write(value, at, Math.min(PIECE, value.length - at), at)
  await file.close()
  process.send!(path)
})
process.on('disconnect', () => process.exit())
process.send!('ready')
