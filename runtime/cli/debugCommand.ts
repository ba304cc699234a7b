// `heddle debug FILE`: runs a task that failed once more, alone in this process, for a debugger.

import { url as inspectorUrl, open as openInspector, waitForDebugger } from 'node:inspector'
import { setSourceMapsSupport } from 'node:module'
import { inspect } from 'node:util'
import { loadTask } from '../host/replayTask.ts'
import { parseCommandLine } from './commandLine.ts'
import { EXIT } from './exitCodes.ts'
import { UsageError } from './usageError.ts'

const OPTIONS = { held: { type: 'boolean' } } as const

/** What a debugger calls, in a program that is held, once its breakpoints are set. */
const GO = 'heddleGo'

export async function debugCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(args, OPTIONS, true)
  if (positionals.length !== 1)
    throw new UsageError('say which failed task to run again: heddle debug FILE', 'debug')
  setSourceMapsSupport(true, { nodeModules: false, generatedCode: false })
  const { call, worker } = await loadTask(positionals[0])
  if (values.held) await held()
  else if (inspectorUrl() === undefined) {
    openInspector(0, '127.0.0.1')
    waitForDebugger()
  }
  process.stderr.write(`heddle: running the task that failed on ${worker} again\n`)
  const result = await called(call)
  process.stderr.write('heddle: it did not fail this time. Its result:\n')
  process.stdout.write(`${inspect(result, { depth: 3 })}\n`)
  return EXIT.ok
}

/** What the task throws is caught by nobody, so that a debugger stops there. */
function called(call: () => unknown): Promise<unknown> {
  return new Promise((resolve) => {
    setImmediate(async () => resolve(await call()))
  })
}

/** Waits for the debugger's word. */
function held(): Promise<void> {
  return new Promise((resolve) => {
    const alive = setInterval(() => {}, 60_000)
    Object.defineProperty(globalThis, GO, {
      configurable: true,
      value: () => {
        clearInterval(alive)
        setImmediate(resolve)
        return 'running'
      },
    })
    process.stderr.write('heddle: ready\n')
  })
}
