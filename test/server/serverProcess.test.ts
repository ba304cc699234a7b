// The language server's process as it is built and started: what it tells by asking the runtime, which ends along with it.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { CompletionItem, Diagnostic, Hover, MarkupContent } from 'vscode-languageserver/node.js'
import { type BuiltServer, startServer } from './builtServer.ts'

describe('the server that is built', () => {
  let folder: string
  let server: BuiltServer

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-server-'))
    server = await startServer(folder)
  })
  after(async () => {
    await server.close()
    rmSync(folder, { recursive: true })
  })

  test('after steps that change them, columns are offered, unknown ones told of, and hints say what comes out', async () => {
    const { connection } = server
    const uri = pathToFileURL(join(folder, 'b.ts')).href
    const text =
      "import { col, dataframe } from 'heddle'\n" +
      "const rows = dataframe.fromRecords([{ city: 'Oslo', t: 3.5 }])\n" +
      "const means = rows.groupBy('city').agg(col('t').mean().as('mean'))\n" +
      "const wrong = means.sort('maen')\n" +
      "const first = means.select('')\n"
    const told = new Promise<Diagnostic[]>((resolve) => {
      connection.onNotification(
        'textDocument/publishDiagnostics',
        (params: { uri: string; diagnostics: Diagnostic[] }) => {
          const ours = params.diagnostics.filter(({ code }) => code === 'unknown-column')
          // What is not known in time is told of again.
          if (params.uri === uri && ours.some(({ message }) => message.includes('maen'))) resolve(ours)
        },
      )
    })
    void connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'typescript', version: 0, text },
    })
    const [{ message, range }] = await told
    assert.equal(message, "The data frame has no column 'maen': did you mean 'mean'?")
    assert.deepEqual(range, { start: { line: 3, character: 26 }, end: { line: 3, character: 30 } })
    // What has been told of is known without a question.
    const items = await connection.sendRequest<CompletionItem[]>('textDocument/completion', {
      textDocument: { uri },
      position: { line: 4, character: 28 },
    })
    assert.deepEqual(
      items.map(({ label, detail }) => [label, detail]),
      [
        ['city', 'string'],
        ['mean', 'float64'],
      ],
    )
    let labels: string[] = []
    for (let i = 0; i < 60 && !labels[1]?.includes('partition'); i++) {
      const hints = await connection.sendRequest<{ label: string }[]>('textDocument/inlayHint', {
        textDocument: { uri },
        range: { start: { line: 1, character: 0 }, end: { line: 3, character: 12 } },
      })
      labels = hints.map(({ label }) => label)
    }
    // Of what the package refuses nothing is said beside its kind.
    assert.deepEqual(labels, [': data frame', ': data frame of 1 partition', ': data frame'])
  })

  test('a hover tells of columns, types and tasks after steps, and the process that knows ends with the server', async () => {
    const { child, connection } = server
    writeFileSync(join(folder, 'a.csv'), 'city,t\nOslo,3.5\n')
    const file = join(folder, 'a.ts')
    const text =
      "import { col, dataframe } from 'heddle'\n" +
      "const read = dataframe.readCsv('a.csv')\n" +
      "const made = read.groupBy('city').agg(col('t').mean().as('mean'))\n"
    const textDocument = { uri: pathToFileURL(file).href }
    void connection.sendNotification('textDocument/didOpen', {
      textDocument: { ...textDocument, languageId: 'typescript', version: 0, text },
    })
    let said = ''
    // While the runtime is being loaded a hover does without it.
    for (let i = 0; i < 60 && !said.includes('columns'); i++) {
      const hover = await connection.sendRequest<Hover>('textDocument/hover', {
        textDocument,
        position: { line: 2, character: 8 },
      })
      said = (hover.contents as MarkupContent).value
    }
    assert.match(said, /^\*\*data frame\*\* · 1 partition · \d tasks?/)
    assert.match(said, /^columns: `city` string, `mean` float64/m)
    if (process.platform === 'linux') {
      const helpers = childrenOf(child.pid ?? 0)
      assert.equal(helpers.length, 1)
      child.kill('SIGKILL')
      await once(child, 'exit')
      while (isThere(helpers[0])) await new Promise(setImmediate)
    }
  })
})

function childrenOf(pid: number): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1].split(' ')
      return Number(fields[1]) === pid ? [Number(name)] : []
    } catch {
      // It has ended in the meantime.
      return []
    }
  })
}

function isThere(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1][0] !== 'Z'
  } catch {
    return false
  }
}
