// A debugger (here: this very program, through the inspector) stops in a task's body at a line of this file.
import { readFileSync } from 'node:fs'
import inspector from 'node:inspector'
import { originalPositionFor, TraceMap, generatedPositionFor } from '@jridgewell/trace-mapping'
import { Client } from 'heddle'

const factor = await Promise.resolve(3)
const offset =
  (k: number) =>
  (x: number): number => {
    const y: number = x * factor
    return y + k // the breakpoint
  }
const lines = readFileSync(import.meta.filename, 'utf8').split('\n')
const line = lines.findIndex((text) => text.includes('// the breakpoint')) + 1
const column = lines[line - 1]!.indexOf('return')

const session = new inspector.Session()
session.connect()
let worker = ''
let nextId = 1
const waiting = new Map<number, (result: unknown) => void>()
const ask = <T>(method: string, params: object = {}): Promise<T> => {
  const id = nextId++
  session.post('NodeWorker.sendMessageToWorker', {
    sessionId: worker,
    message: JSON.stringify({ id, method, params }),
  })
  return new Promise((resolve) => waiting.set(id, resolve as (result: unknown) => void))
}
interface Message {
  id?: number
  result?: unknown
  method?: string
  params?: Record<string, never>
}
interface Frame {
  callFrameId: string
  functionName: string
  location: { lineNumber: number; columnNumber: number }
}
let map: TraceMap | undefined
const armed = Promise.withResolvers<void>()
async function onMessage({ id, result, method, params }: Message): Promise<void> {
  if (id !== undefined) waiting.get(id)?.(result)
  if (method === 'Debugger.scriptParsed') {
    const { url, scriptId, sourceMapURL } = params as unknown as Record<
      'url' | 'scriptId' | 'sourceMapURL',
      string
    >
    if (!url.includes('debugged.') || !sourceMapURL) return
    const found = new TraceMap(JSON.parse(Buffer.from(sourceMapURL.split(',')[1]!, 'base64').toString()))
    const at = generatedPositionFor(found, { source: found.sources[0]!, line, column })
    if (at.line === null) return
    map = found
    await ask('Debugger.setBreakpoint', {
      location: { scriptId, lineNumber: at.line - 1, columnNumber: at.column },
    })
    armed.resolve()
  }
  if (method === 'Debugger.paused') {
    const [frame] = (params as unknown as { callFrames: Frame[] }).callFrames
    const { lineNumber, columnNumber } = frame!.location
    const original = originalPositionFor(map!, { line: lineNumber + 1, column: columnNumber })
    const values: unknown[] = []
    for (const expression of ['x', 'y', 'k', 'factor']) {
      const { result } = await ask<{ result: { value: unknown } }>('Debugger.evaluateOnCallFrame', {
        callFrameId: frame!.callFrameId,
        expression,
      })
      values.push(result.value)
    }
    console.log(JSON.stringify({ source: original.source, onLine: original.line === line, values }))
    void ask('Debugger.resume')
  }
}
session.on('NodeWorker.attachedToWorker', ({ params }) => {
  worker = params.sessionId
  void ask('Debugger.enable')
})
session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => void onMessage(JSON.parse(params.message)))
session.post('NodeWorker.enable', { waitForDebuggerOnStart: false })

const client = await Client.local({ workers: 1 })
// The first call loads the function's module, so that the debugger sees its script; the second one stops in it.
await client.submit(offset(1), 1)
await armed.promise
console.log(await client.submit(offset(100), 7))
await client.close()
session.disconnect()
