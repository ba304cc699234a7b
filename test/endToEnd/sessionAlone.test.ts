// A program that Node runs by itself, with heddle's loader: it ends when it is done, and leaves nothing behind.

import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { entryPath } from '../../runtime/host/entries.ts'

const environment = { ...process.env }
delete environment.HEDDLE_CLUSTER

/** Resolves when a process is no more. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

describe('a program of its own', () => {
  let folder: string

  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-alone-')))
  })

  after(() => rmSync(folder, { recursive: true }))

  const programOf = (source: string): string[] => {
    const file = join(folder, 'program.ts')
    writeFileSync(file, source)
    return ['--disable-warning=ExperimentalWarning', '--import', entryPath('register'), file]
  }

  test('collections start a cluster when none is there, with one notice, and it ends with the program', async () => {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      programOf(`import { bag, delayed } from 'heddle'
const total = bag.range(10).sum()
console.log(await Promise.all([total.compute(), total.compute(), delayed(() => process.ppid)().compute()]).then((all) => all.join()))
console.log('done')
`),
      { env: environment },
    )
    const [results, done] = stdout.trim().split('\n')
    assert.match(results, /^45,45,\d+$/)
    assert.equal(done, 'done')
    assert.match(stderr, /^heddle: started a local cluster for this program; dashboard at http:\/\/\S+\n$/)
    await gone(Number(results.split(',')[2]))
  })

  test('a client that is never closed does not keep the program; the cluster follows it', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      programOf(`import { Client } from 'heddle'
const client = await Client.local({ workers: 1, threadsPerWorker: 1 })
const [worker] = await client.gather([client.submit(() => process.pid)])
console.log(JSON.stringify({ address: client.address, worker }))
client.submit(() => new Promise(() => setInterval(() => {}, 1000)))
`),
      { env: environment },
    )
    const { address, worker } = JSON.parse(stdout) as { address: string; worker: number }
    await gone(worker)
    while (existsSync(address)) await new Promise((resolve) => setTimeout(resolve, 10))
  })

  test('a program that is killed takes its cluster along', async () => {
    const child = spawn(
      process.execPath,
      programOf(`import { Client } from 'heddle'
const client = await Client.local({ workers: 1, threadsPerWorker: 1 })
console.log(JSON.stringify({ address: client.address, worker: await client.submit(() => process.pid).result() }))
await client.submit(() => new Promise(() => setInterval(() => {}, 1000))).result()
`),
      { env: environment, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const line = await new Promise<string>((resolve) =>
      child.stdout.once('data', (data) => resolve(String(data))),
    )
    child.kill('SIGKILL')
    const { address, worker } = JSON.parse(line) as { address: string; worker: number }
    await gone(worker)
    while (existsSync(address)) await new Promise((resolve) => setTimeout(resolve, 10))
  })

  test('an awaited failure ends the program with its place', async () => {
    const failed = await promisify(execFile)(
      process.execPath,
      programOf(`import { Client } from 'heddle'
const client = await Client.local({ workers: 1, threadsPerWorker: 1 })
await client.submit((x: number) => { if (x > 0) throw new RangeError('too much'); return x }, 1).result()
`),
      { env: environment },
    ).then(
      () => undefined,
      (error: { code: number; stderr: string }) => error,
    )
    assert.equal(failed?.code, 1)
    assert.match(failed?.stderr ?? '', /RangeError: too much\n\s+at .*program\.ts:3:\d+/)
  })
})
