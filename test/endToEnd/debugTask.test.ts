// A task that failed runs again alone, with the inputs that it had, and a debugger stops in it at the throw.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import WebSocket from 'ws'
import { type LocalCluster, startLocalCluster } from '../../runtime/cluster/localCluster.ts'
import type { Running } from './runKit.ts'
import { Workplace } from './runKit.ts'

const PROGRAM = `import { bag, delayed } from 'heddle'

const factor = 7
const double = delayed((n: number) => n * 2)
const check = delayed(async (label: string, n: number) => {
  const scaled = n * factor
  if (scaled > 50) throw new RangeError(label + ' is too large')
  return scaled
})

function parse(text: string): number {
  if (text === 'b') throw new RangeError('no number')
  return Number(text)
}

for (const work of [check('the double', double(21)), bag.fromSequence(['1', 'b']).map(parse).sum()])
  try {
    await work.compute()
  } catch (error) {
    console.log('FILE ' + (error as { failure: { inputsFile: string } }).failure.inputsFile)
  }
`

describe('a task that failed', () => {
  let place: Workplace
  let cluster: LocalCluster
  let files: string[]

  before(async () => {
    place = new Workplace({ 'main.ts': PROGRAM })
    cluster = await startLocalCluster({ workers: 1, threadsPerWorker: 1 })
    const { stdout } = await place.heddle('run', '--quiet', '--connect', cluster.file, 'main.ts')
    files = [...stdout.matchAll(/^FILE (.*)$/gm)].map(([, file]) => file)
  })
  after(async () => {
    await cluster?.close()
    await place?.[Symbol.asyncDispose]()
  })

  /** Runs it under a debugger, and tells where it stopped, with variables of the frame there. */
  async function stopped(
    file: string,
    ...names: string[]
  ): Promise<{ url: string; line: number; values: unknown[] }> {
    const replay = place.startNode(['--inspect=127.0.0.1:0'], 'debug', '--held', file)
    await replay.said('heddle: ready')
    await using debug = await Debugger.of(replay)
    await debug.send('Debugger.enable')
    await debug.send('Debugger.setPauseOnExceptions', { state: 'all' })
    const paused = debug.event('Debugger.paused')
    await debug.send('Runtime.evaluate', { expression: 'heddleGo()' })
    const { callFrames } = (await paused) as {
      callFrames: { callFrameId: string; url: string; location: { lineNumber: number } }[]
    }
    const { callFrameId, url, location } = callFrames[0]
    const values: unknown[] = []
    for (const expression of names) {
      const { result } = (await debug.send('Debugger.evaluateOnCallFrame', { callFrameId, expression })) as {
        result: { value: unknown }
      }
      values.push(result.value)
    }
    await debug.send('Debugger.setPauseOnExceptions', { state: 'none' })
    await debug.send('Debugger.resume')
    // A program that ends waits for its debugger to leave.
    debug.close()
    const ended = await replay.ended
    assert.notEqual(ended.code, 0)
    assert.match(ended.stderr, /RangeError/)
    return { url, line: location.lineNumber, values }
  }

  test('stops where it threw, with its arguments and captures: an asynchronous one that depends on another', async () => {
    const { values } = await stopped(files[0], 'label', 'n', 'scaled')
    assert.deepEqual(values, ['the double', 42, 294])
  })

  test('stops inside a function that was called for each item', async () => {
    const { values } = await stopped(files[1], 'text')
    assert.deepEqual(values, ['b'])
  })

  test("the user's own line is told", async () => {
    const replay = place.startNode(['--inspect=127.0.0.1:0'], 'debug', '--held', files[1])
    await replay.said('heddle: ready')
    await using debug = await Debugger.of(replay)
    await debug.send('Runtime.evaluate', { expression: 'heddleGo()' })
    debug.close()
    const { stderr } = await replay.ended
    assert.match(stderr, /main\.ts:12:/)
  })

  test('says so when its inputs are gone', async () => {
    const { code, stderr } = await place.heddle('debug', 'nowhere.task')
    assert.equal(code, 3)
    assert.match(
      stderr,
      /^heddle: the inputs of this task are gone: .*Run it again and debug the new failure\. \(nowhere\.task\)/,
    )
  })
})

/** Speaks to a program's inspector. */
class Debugger implements AsyncDisposable {
  readonly #socket: WebSocket
  readonly #waiting = new Map<number | string, (value: unknown) => void>()
  #next = 1

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data) => {
      const { id, method, result, params } = JSON.parse(String(data)) as Record<string, unknown>
      const key = (id ?? method) as number | string
      this.#waiting.get(key)?.(result ?? params)
      this.#waiting.delete(key)
    })
  }

  static async of(program: Running): Promise<Debugger> {
    const url = /ws:\/\/\S+/.exec(program.stderr())?.[0]
    assert.ok(url, 'the program tells where its inspector listens')
    const socket = new WebSocket(url)
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    return new Debugger(socket)
  }

  event(method: string): Promise<unknown> {
    return new Promise((resolve) => this.#waiting.set(method, resolve))
  }

  send(method: string, params: object = {}): Promise<unknown> {
    const id = this.#next++
    this.#socket.send(JSON.stringify({ id, method, params }))
    return new Promise((resolve) => this.#waiting.set(id, resolve))
  }

  close(): void {
    this.#socket.terminate()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }
}
