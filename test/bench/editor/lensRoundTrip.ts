// From an edit to the answer of the language server's process, over its own protocol.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createProtocolConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-languageserver/node.js'
import { median } from '../figure.ts'

const LINES = 1000
const EDITS = 21
/** The first edits meet code that V8 has not compiled yet, as in no session but its first second. */
const WARM_UP_EDITS = 5

/** The median of edits in a file of 1,000 lines with a computation at its end, in milliseconds. */
export async function lensRoundTripMs(root: string): Promise<number> {
  const child = fork(join(root, 'dist', 'server.cjs'), ['--node-ipc'], { stdio: 'ignore', execArgv: [] })
  const connection = createProtocolConnection(new IPCMessageReader(child), new IPCMessageWriter(child))
  connection.listen()
  try {
    await connection.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {} })
    const uri = pathToFileURL(join(root, 'long.ts')).href
    const lines = ["import { bag } from 'heddle'"]
    while (lines.length < LINES - 1)
      lines.push(`const v${lines.length} = bag.fromSequence([1, 2]).map((n) => n + ${lines.length})`)
    lines.push('await v1.compute()')
    const document = { uri, languageId: 'typescript', version: 0, text: lines.join('\n') }
    void connection.sendNotification('textDocument/didOpen', { textDocument: document })
    const times: number[] = []
    for (let version = 1; version <= WARM_UP_EDITS + EDITS; version++) {
      const start = { line: 1, character: 0 }
      const contentChanges = [{ range: { start, end: start }, text: '// a note\n' }]
      const begun = performance.now()
      void connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges,
      })
      const lenses = await connection.sendRequest<{ range: { start: { line: number } } }[]>(
        'textDocument/codeLens',
        { textDocument: { uri } },
      )
      if (lenses.at(-1)?.range.start.line !== LINES - 1 + version)
        throw new Error('the lens is not where it belongs')
      if (version > WARM_UP_EDITS) times.push(performance.now() - begun)
    }
    return median(times)
  } finally {
    const ended = once(child, 'exit')
    child.kill()
    await ended
    connection.dispose()
  }
}
