// What VS Code sent while a program was written in it, sent to the server's process as it is built, with what an editor asks meanwhile:
// every question is answered or was taken back, and none from a text that is older than the question.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import {
  CancellationTokenSource,
  type CodeLens,
  type PublishDiagnosticsParams,
} from 'vscode-languageserver/node.js'
import { codeLensesOf } from '../../server/lsp/codeLenses.ts'
import { type BuiltServer, startServer } from './builtServer.ts'
import { TypedDocument } from './everyKeystroke.ts'
import { type RecordedPart, recordedChanges, recordedParts } from './recordedTyping.ts'

/** Of so many changes one has its questions answered before the next comes; of others they are taken back or still open. */
const WAITED_FOR = 5

/** Until what is told last is there. */
const WAIT_MS = 60_000

describe('typing, at the server that is built', () => {
  let folder: string
  let server: BuiltServer

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-typing-'))
    writeFileSync(join(folder, 'flights.csv'), 'origin,delay,distance\nHAM,3,100\n')
    server = await startServer(folder)
  })
  after(async () => {
    await server.close()
    rmSync(folder, { recursive: true })
  })

  test('no question stays without an answer, and no answer is of an older text', async () => {
    const { connection, child } = server
    const file = join(folder, 'recorded.ts')
    const textDocument = { uri: pathToFileURL(file).href }
    const told: PublishDiagnosticsParams[] = []
    connection.onNotification('textDocument/publishDiagnostics', (each: PublishDiagnosticsParams) => {
      told.push(each)
    })
    await connection.sendNotification('textDocument/didOpen', {
      textDocument: { ...textDocument, languageId: 'typescript', version: 0, text: '' },
    })
    const open: Promise<unknown>[] = []
    const changes = recordedParts()
    for (const [i, parts] of changes.entries()) {
      const version = i + 1
      await connection.sendNotification('textDocument/didChange', {
        textDocument: { ...textDocument, version },
        contentChanges: parts.map((part) => ({ range: rangeOf(part), text: part[4] })),
      })
      const position = rangeOf(parts[0]).start
      const lenses = connection
        .sendRequest<CodeLens[]>('textDocument/codeLens', { textDocument })
        .then((answer) => {
          for (const of of versionsOf(answer))
            assert.ok(of >= version, `a lens of ${of}, asked at ${version}`)
        })
      const token = new CancellationTokenSource()
      const asked = [
        lenses,
        connection.sendRequest('textDocument/hover', { textDocument, position }),
        ...['textDocument/completion', 'textDocument/inlayHint'].map(async (method) => {
          const range = { start: { line: 0, character: 0 }, end: position }
          await connection.sendRequest(method, { textDocument, position, range }, token.token)
        }),
      ]
      if (i % WAITED_FOR === 0) await Promise.all(asked)
      else if (i % 2 === 0) token.cancel()
      open.push(...asked)
    }
    await Promise.all(open)
    assert.equal(child.exitCode, null)

    const typed = new TypedDocument(file, folder)
    for (const parts of recordedChanges()) typed.put(parts)
    const answer = await connection.sendRequest<CodeLens[]>('textDocument/codeLens', { textDocument })
    const { text, facts } = typed.document
    assert.deepEqual(answer, codeLensesOf(text, facts))
    const codes = (await typed.problems()).map((each) => each.split(' ')[0])
    // The folder has no node_modules.
    const wantedCodes = [...codes, 'heddle-not-installed'].sort().join()
    const toldCodes = (): string | undefined =>
      told
        .at(-1)
        ?.diagnostics.map(({ code }) => code)
        .sort()
        .join()
    // Findings are told once typing pauses.
    for (const deadline = Date.now() + WAIT_MS; toldCodes() !== wantedCodes && Date.now() < deadline; )
      await new Promise(setImmediate)
    assert.equal(toldCodes(), wantedCodes)
  })
})

function rangeOf([line, character, endLine, endCharacter]: RecordedPart): CodeLens['range'] {
  return { start: { line, character }, end: { line: endLine, character: endCharacter } }
}

function versionsOf(lenses: CodeLens[]): number[] {
  const given = lenses.flatMap(({ command }) => (command?.arguments ?? []) as { version?: number }[])
  return given.flatMap(({ version }) => version ?? [])
}
