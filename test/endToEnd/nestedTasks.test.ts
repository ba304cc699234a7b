// Tasks that submit tasks, with real processes: a waiting task frees its thread, and what it asked for ends with it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Workplace } from './runKit.ts'

/** Runs a program against a cluster of its own; gives the last line that it printed as JSON. */
async function printedBy(program: string, threads = 1): Promise<unknown> {
  await using place = new Workplace({ 'main.ts': program })
  const { code, stdout, stderr } = await place.start(
    'run',
    '--workers',
    '1',
    '--threads',
    String(threads),
    'main.ts',
  ).ended
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
  const value = await printedBy(`
    import { Client, currentTask } from 'heddle'
    ${FIBONACCI}
    await using client = await Client.local()
    console.log(JSON.stringify(await client.submit(fibonacci, 10).result()))
  `)
  assert.equal(value, 55)
})

test('nested functions, collections and captures inside tasks; what a task knows of itself', {
  timeout: 60_000,
}, async () => {
  const value = await printedBy(`
    import { bag, Client, currentTask, delayed } from 'heddle'
    const offset = 100
    const plus = (x: number): number => x + offset
    async function outer(n: number) {
      const factor = n * 2
      await using client = await Client.local()
      const inside = await client.gather(client.map((x: number) => plus(x * factor), [1, 2, 3]))
      const lazy = await delayed((a: number, b: number) => a * b + factor)(3, delayed(plus)(1)).compute()
      const sum = await bag.range(10, { partitions: 2 }).map((x) => x + factor).sum().compute()
      const task = currentTask()
      task.log('this is said by a task')
      return { inside, lazy, sum, key: await task.key, worker: task.worker, thread: task.thread }
    }
    await using client = await Client.local()
    const future = client.submit(outer, 5)
    const value = await future.result()
    console.log(JSON.stringify({ ...value, key: value.key === future.key }))
  `)
  assert.deepEqual(value, {
    inside: [110, 120, 130],
    lazy: 313,
    sum: 145,
    key: true,
    worker: 'w0',
    thread: 0,
  })
})

test('two tasks that wait at once on one thread each get their own answers and their own keys', {
  timeout: 60_000,
}, async () => {
  const value = await printedBy(`
    import { Client, currentTask } from 'heddle'
    async function outer(n: number) {
      const before = currentTask()
      const client = await before.client
      const inner = await client.submit((x: number) => x * x, n).result()
      return [inner, await currentTask().key]
    }
    await using client = await Client.local()
    const futures = client.map(outer, [1, 2, 3, 4])
    const values = await client.gather(futures)
    console.log(JSON.stringify(values.map(([square, key], i) => [square, key === futures[i].key])))
  `)
  assert.deepEqual(
    value,
    [1, 4, 9, 16].map((square) => [square, true]),
  )
})

test('an error of a nested task reaches its parent, and through it the program', {
  timeout: 60_000,
}, async () => {
  const value = await printedBy(`
    import { Client, currentTask } from 'heddle'
    function fails(n: number): number { throw new RangeError('no ' + n) }
    async function parent(caught: boolean) {
      const client = await currentTask().client
      try { return await client.submit(fails, 7).result() }
      catch (error) { if (caught) return (error as Error).message; throw error }
    }
    await using client = await Client.local()
    const first = await client.submit(parent, true).result()
    const error = await client.submit(parent, false).exception()
    console.log(JSON.stringify([first, error!.name, error!.message]))
  `)
  const [first, name, message] = value as string[]
  assert.match(first, /no 7/)
  assert.equal(name, 'RangeError')
  assert.match(message, /no 7/)
})

test('cancelling a parent ends its children; the thread is there for the next task', {
  timeout: 60_000,
}, async () => {
  const value = await printedBy(`
    import { existsSync, writeFileSync } from 'node:fs'
    import { Client, currentTask } from 'heddle'
    const started = process.cwd() + '/started'
    function child(file: string): Promise<never> {
      writeFileSync(file, '')
      return new Promise(() => setInterval(() => {}, 1000))
    }
    async function parent(file: string) {
      const client = await currentTask().client
      return client.submit(child, file).result()
    }
    await using client = await Client.local()
    const future = client.submit(parent, started)
    while (!existsSync(started)) await new Promise((resolve) => setTimeout(resolve, 5))
    future.cancel('enough')
    const next = await client.submit((x: number) => x + 1, 1).result()
    console.log(JSON.stringify([future.status, next]))
  `)
  assert.deepEqual(value, ['cancelled', 2])
})

test('the time that a task waits for its own tasks counts against its limit', {
  timeout: 60_000,
}, async () => {
  const value = await printedBy(
    `
    import { Client, currentTask } from 'heddle'
    const never = (): Promise<never> => new Promise(() => setInterval(() => {}, 1000))
    async function parent() {
      const client = await currentTask().client
      return client.submit(never).result()
    }
    await using client = await Client.local()
    const error = await client.with({ timeoutMs: 300 }).submit(parent).exception()
    console.log(JSON.stringify([error!.message, await client.submit((x: number) => x + 1, 1).result()]))
  `,
    2,
  )
  const [message, next] = value as [string, number]
  assert.match(message, /timeoutMs of 300/)
  assert.equal(next, 2)
})

test('outside of a task there is none', { timeout: 60_000 }, async () => {
  const value = await printedBy(`
    import { currentTask, UsageError } from 'heddle'
    try { currentTask() } catch (error) { console.log(JSON.stringify([error instanceof UsageError, (error as Error).message])) }
  `)
  assert.deepEqual(value, [
    true,
    'currentTask() was called outside of a task: call it inside a function that a cluster runs',
  ])
})

test('a waiting task lends its resources to the tasks that it waits for; tasks tell how far they have come', {
  timeout: 60_000,
}, async () => {
  await using place = new Workplace({
    'main.ts': `
    import { Client, currentTask } from 'heddle'
    const child = async (): Promise<string> => {
      currentTask().progress(3, 10, 'reading parts')
      while (!existsSync('seen')) await new Promise((resolve) => setTimeout(resolve, 5))
      return 'child'
    }
    async function parent() {
      const client = await currentTask().client
      return [await client.with({ resources: { gpu: 1 }, key: 'the child' }).submit(child).result(), 'parent']
    }
    import { existsSync, writeFileSync } from 'node:fs'
    await using client = await Client.local()
    const future = client.with({ resources: { gpu: 1 } }).submit(parent)
    for (;;) {
      const said = (await client.explain('the child')).join(' ')
      if (/It says: 3 of 10 \\(30 %\\), reading parts/.test(said)) break
    }
    writeFileSync('seen', '')
    console.log(JSON.stringify(await future.result()))
  `,
  })
  const scheduler = place.start('scheduler', '--port', '0')
  await scheduler.said('is running')
  const file = place.clusterFile()
  const worker = place.start('worker', '--connect', file, '--threads', '1', '--resources', 'gpu=1')
  const { code, stdout, stderr } = await place.heddle('run', '--connect', file, 'main.ts')
  assert.equal(code, 0, stderr)
  assert.deepEqual(JSON.parse(stdout.trimEnd().split('\n').at(-1)!), ['child', 'parent'])
  worker.child.kill('SIGINT')
  scheduler.child.kill('SIGINT')
  await Promise.all([worker.ended, scheduler.ended])
})
