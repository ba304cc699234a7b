// The user's program of the cold start: prints how long after `argv[2]` (epoch milliseconds) its first result was there.

import { Client } from 'heddle'

const client = await Client.local({ workers: 2, threadsPerWorker: 1 })
if ((await client.submit((x: number) => Math.abs(x), -1).result()) !== 1) throw new Error('wrong result')
console.log(performance.timeOrigin + performance.now() - Number(process.argv[2]))
await client.close()
