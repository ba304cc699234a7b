// Runs a task twice: the second time when its debugger, which it hears on the standard input, is ready.
import { once } from 'node:events'
import { Client } from 'heddle'

const factor = await Promise.resolve(3)
const offset =
  (k: number) =>
  (x: number): number => {
    const y: number = x * factor
    return y + k // the breakpoint
  }
await once(process.stdin, 'data')
const client = await Client.local({ workers: 1 })
console.log(await client.submit(offset(1), 1))
await once(process.stdin, 'data')
console.log(await client.submit(offset(100), 7))
await client.close()
process.exit()
