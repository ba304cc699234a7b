// A breakpoint on a line of the user's file is hit in the worker thread that runs it, with the user's variables in sight.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'node:test'
import { pathToFileURL } from 'node:url'
import { generatedPositionFor, originalPositionFor, TraceMap } from '@jridgewell/trace-mapping'
import { WebSocket } from 'ws'
import { PRELOAD, PROGRAMS } from './kit/runProgram.ts'

interface Message {
  id?: number
  result?: unknown
  method?: string
  params?: unknown
}
interface Script {
  url: string
  scriptId: string
  sourceMapURL: string
}
interface Frame {
  callFrameId: string
  location: { lineNumber: number; columnNumber: number }
}

/** Sends requests over one channel and gives their answers. */
class Channel {
  readonly #send: (text: string) => void
  readonly #waiting = new Map<number, (result: unknown) => void>()
  #next = 1

  constructor(send: (text: string) => void) {
    this.#send = send
  }

  ask<T>(method: string, params: object = {}): Promise<T> {
    const id = this.#next++
    this.#send(JSON.stringify({ id, method, params }))
    return new Promise((resolve) => this.#waiting.set(id, resolve as (result: unknown) => void))
  }

  answered({ id, result }: Message): boolean {
    if (id === undefined) return false
    this.#waiting.get(id)?.(result)
    return true
  }
}

test('a breakpoint in a task stops there, with captured and local variables', async (t) => {
  const program = path.join(PROGRAMS, 'debugged.ts')
  const lines = readFileSync(program, 'utf8').split('\n')
  const line = lines.findIndex((text) => text.includes('// the breakpoint')) + 1
  const column = lines[line - 1].indexOf('return')

  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-breakpoint-'))
  const child = spawn(process.execPath, ['--inspect=0', '--import', PRELOAD, program], {
    cwd: PROGRAMS,
    env: { ...process.env, TMPDIR: folder },
  })
  t.after(async () => {
    child.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true, force: true })
  })
  const firstCall = Promise.withResolvers<void>()
  let stdout = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
    if (stdout.includes('4\n')) firstCall.resolve()
  })
  const ended = new Promise((resolve) => child.on('close', resolve))
  let stderr = ''
  const address = await new Promise<string>((resolve) => {
    child.stderr.on('data', (chunk) => {
      stderr += chunk
      const found = /ws:\/\/\S+/.exec(stderr)
      if (found) resolve(found[0])
    })
  })
  const socket = new WebSocket(address)
  await new Promise((resolve) => socket.on('open', resolve))
  t.after(() => socket.terminate())

  let session = ''
  const main = new Channel((text) => socket.send(text))
  const worker = new Channel(
    (message) => void main.ask('NodeWorker.sendMessageToWorker', { sessionId: session, message }),
  )
  const armed = Promise.withResolvers<void>()
  const paused = Promise.withResolvers<Frame>()
  let again = false
  let map: TraceMap | undefined

  /** Puts the breakpoint where the map of a script says that the line is. */
  const parsed = async ({ url, scriptId, sourceMapURL }: Script): Promise<void> => {
    if (!url.includes('debugged.') || !sourceMapURL) return
    const found = new TraceMap(JSON.parse(Buffer.from(sourceMapURL.split(',')[1], 'base64').toString()))
    const at = generatedPositionFor(found, { source: found.sources[0]!, line, column })
    if (at.line === null) return
    map = found
    const location = { scriptId, lineNumber: at.line - 1, columnNumber: at.column }
    await worker.ask('Debugger.setBreakpoint', { location })
    armed.resolve()
  }
  const fromWorker = (message: Message): void => {
    if (worker.answered(message)) return
    if (message.method === 'Debugger.scriptParsed') void parsed(message.params as Script)
    if (message.method !== 'Debugger.paused') return
    const [frame] = (message.params as { callFrames: Frame[] }).callFrames
    // The first call may be stopped too, when the breakpoint is there before it begins.
    if (again) paused.resolve(frame)
    else void worker.ask('Debugger.resume')
  }
  const attached = async (sessionId: string): Promise<void> => {
    session = sessionId
    await worker.ask('Debugger.enable')
  }
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as Message
    if (main.answered(message)) return
    const params = message.params as { sessionId: string; message: string }
    if (message.method === 'NodeWorker.attachedToWorker') void attached(params.sessionId)
    if (message.method === 'NodeWorker.receivedMessageFromWorker') fromWorker(JSON.parse(params.message))
  })
  await main.ask('NodeWorker.enable', { waitForDebuggerOnStart: false })

  child.stdin.write('begin\n')
  await armed.promise
  await firstCall.promise
  again = true
  child.stdin.write('again\n')
  const frame = await paused.promise
  const original = originalPositionFor(map!, {
    line: frame.location.lineNumber + 1,
    column: frame.location.columnNumber,
  })
  assert.deepEqual([original.source, original.line], [pathToFileURL(program).href, line])
  const values: unknown[] = []
  for (const expression of ['x', 'y', 'k', 'factor']) {
    const { callFrameId } = frame
    const answer = await worker.ask<{ result: { value: unknown } }>('Debugger.evaluateOnCallFrame', {
      callFrameId,
      expression,
    })
    values.push(answer.result.value)
  }
  assert.deepEqual(values, [7, 21, 100, 3])
  await worker.ask('Debugger.resume')
  socket.close()
  assert.equal(await ended, 0)
  assert.equal(stdout, '4\n121\n')
})
