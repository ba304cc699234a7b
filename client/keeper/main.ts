// The keeper: a small process that holds a local cluster for the editor's windows, and ends it when none is left.

import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { type KeeperAnswer, type KeeperOrder, ORDER_ENV } from './keeperOrder.ts'
import { firstPresence, msToEnd, nextPresence, type PresenceEvent } from './presence.ts'

const order = JSON.parse(process.env[ORDER_ENV] ?? '{}') as KeeperOrder
delete process.env[ORDER_ENV]
process.title = 'heddle keeper'

let presence = firstPresence(order.keep, Date.now())
let timer: NodeJS.Timeout | undefined
let ending = false
let answered = false
let clusterFile: string | undefined

const scheduler = startScheduler()
const windows = createServer((window) => {
  happened({ kind: 'came' })
  window.on('error', () => {}) // A window that crashed: 'close' follows.
  window.on('close', () => happened({ kind: 'left' }))
  createInterface({ input: window }).on('line', (word) => happened({ kind: 'said', keep: word === 'keep' }))
})
windows.on('error', (error) => {
  answer({ kind: 'failed', reason: `no socket for windows at ${order.socket}: ${error.message}` })
  end()
})
windows.listen(order.socket)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)

function happened(event: PresenceEvent): void {
  presence = nextPresence(presence, event, Date.now())
  clearTimeout(timer)
  const ms = msToEnd(presence, order.graceMs, Date.now())
  if (ms !== undefined) timer = setTimeout(end, ms)
}

/** Ends the scheduler as a Ctrl-C would; it takes its workers along, and this process follows. */
function end(): void {
  ending = true
  scheduler.kill('SIGTERM')
}

function startScheduler(): ChildProcess {
  // The pipe on descriptor 3 is the scheduler's lifeline: should this process be killed, the cluster ends by itself.
  const program = path.join(order.runtime, 'dist', 'scheduler.js')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...order.args], {
    env: { ...process.env, HEDDLE_LIFELINE: '1' },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  let last = ''
  child.once('error', (error) => {
    answer({ kind: 'failed', reason: `the scheduler does not start: ${error.message}` })
    leave(1)
  })
  child.stdio[3]?.on('error', () => {}) // The scheduler ended first.
  // It says `ready <path of cluster.json>` or `failed <reason>` in one line; whatever else it prints is for the log.
  createInterface({ input: child.stdout! }).on('line', (line) => {
    if (line.startsWith('ready ')) ready(line.slice('ready '.length))
    else if (line.startsWith('failed ')) answer({ kind: 'failed', reason: line.slice('failed '.length) })
    else process.stderr.write(`${line}\n`)
  })
  createInterface({ input: child.stderr! }).on('line', (line) => {
    last = line.trim() || last
    process.stderr.write(`${line}\n`)
  })
  child.once('close', (code, signal) => {
    answer({
      kind: 'failed',
      reason: `the scheduler ended with ${signal ?? `code ${code}`}${last && `: ${last}`}`,
    })
    leave(ending || code === 0 ? 0 : 1)
  })
  return child
}

function ready(file: string): void {
  clusterFile = file
  // From here on it counts whether a window is there; the one that ordered the cluster comes now.
  happened({ kind: 'ready' })
  answer({ kind: 'ready', clusterFile: file })
}

function answer(said: KeeperAnswer): void {
  if (answered) return
  answered = true
  process.stdout.write(`${JSON.stringify(said)}\n`)
}

function leave(code: number): void {
  rmSync(order.socket, { force: true })
  // A scheduler that was killed could not tidy up itself.
  if (clusterFile) rmSync(path.dirname(clusterFile), { recursive: true, force: true })
  process.exit(code)
}
