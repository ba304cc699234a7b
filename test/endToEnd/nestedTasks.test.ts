// Tasks that submit tasks, with real processes: a waiting task frees its thread, and what it asked for ends with it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Workplace } from './runKit.ts'

/** Runs a program against a cluster of its own; gives the last line that it printed as JSON. */
async function valueOf(program: string): Promise<unknown> {
  await using place = new Workplace({ 'main.ts': program })
  const { code, stdout, stderr } = await place.start('run', 'main.ts').ended
  assert.equal(code, 0, stderr + stdout)
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!)
}

const FIBONACCI = `
async function fibonacci(n: number): Promise<number> {
  if (n < 2) return n
  const client = await currentTask().client
  const [a, b] = await client.gather([client.submit(fibonacci, n - 1), client.submit(fibonacci, n - 2)])
  return a + b
}
`

test('a recursion of tasks ends on a single thread', { timeout: 60_000 }, async () => {
  const value = await valueOf(`
    import { Client, currentTask } from 'heddle'
    ${FIBONACCI}
    await using client = await Client.local({ workers: 1, threadsPerWorker: 1 })
    console.log(JSON.stringify(await client.submit(fibonacci, 10).result()))
  `)
  assert.equal(value, 55)
})
