// The language server's process as it is built and started: what a hover tells by asking the runtime, which ends along with it.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Hover, MarkupContent } from 'vscode-languageserver/node.js'
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
