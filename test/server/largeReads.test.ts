// Values that are read from files and travel with a task: told when the file is large, however it is named.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCaptures, readFindings } from '../../server/diagnose/largeCaptures.ts'
import { Subject } from '../../server/knowledge/subject.ts'

const HEAD = `import { bag } from 'heddle'
import fs, { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path, { join } from 'node:path'
import { fileURLToPath } from 'node:url'
`
const BYTES = new Map([
  ['big.json', 5_000_000],
  ['/home/ada/big.json', 5_000_000],
  ['/home/ada/data/big.json', 5_000_000],
  ['small.json', 300],
])

/** The messages of what a text takes along from files, and the files that were asked about. */
function told(body: string): { asked: string[]; messages: string[] } {
  const subject = Subject.of('/home/ada/a.ts', HEAD + body)
  assert.ok(subject, body)
  const captures = readCaptures(subject)
  return {
    asked: captures.flatMap(({ source }) => source.paths),
    messages: readFindings(captures, ({ paths }) => BYTES.get(paths[0])).map(({ message }) => message),
  }
}

const LARGE: readonly [made: string, path: string][] = [
  ["readFileSync('big.json')", 'big.json'],
  ["fs.readFileSync('big.json', 'utf8')", 'big.json'],
  ["JSON.parse(readFileSync('big.json', 'utf8'))", 'big.json'],
  ["await readFile('big.json')", 'big.json'],
  ["(await readFile('big.json', 'utf8')).split('\\n')", 'big.json'],
  ["new Float64Array(readFileSync('big.json').buffer)", 'big.json'],
  ['new Map(JSON.parse(fs.readFileSync(`big.json`, "utf8")))', 'big.json'],
  ["readFileSync('big' + '.json')", 'big.json'],
  ["readFileSync(join(import.meta.dirname, 'data', 'big.json'))", '/home/ada/data/big.json'],
  ["readFileSync(path.join(import.meta.dirname, 'data/../big.json'))", '/home/ada/big.json'],
  ["readFileSync(path.resolve(import.meta.dirname, 'big.json'))", '/home/ada/big.json'],
  ["readFileSync(new URL('data/big.json', import.meta.url))", '/home/ada/data/big.json'],
  ["readFileSync(fileURLToPath(new URL('./big.json', import.meta.url)))", '/home/ada/big.json'],
  ["readFileSync(new URL('big.json', import.meta.url).pathname)", '/home/ada/big.json'],
]

for (const [made, path] of LARGE)
  test(`large: ${made}`, () => {
    const { asked, messages } = told(`const table = ${made}\nbag.range(3).map((n) => table[n])`)
    assert.deepEqual(asked, [path])
    assert.deepEqual(messages, [
      "'table' is about 5 MB and is sent along with this function. Send it once with client.scatter(table), and pass what that gives as an argument.",
    ])
  })

const RIGHT = [
  "const table = readFileSync('small.json')\nbag.range(3).map((n) => table[n])",
  "const table = readFileSync('not there')\nbag.range(3).map((n) => table[n])",
  "const table = readFileSync('big.json')\nbag.range(table.length).map((n) => n)",
  "const { length } = readFileSync('big.json')\nbag.range(3).map((n) => n + length)",
  "bag.range(3).map((n) => readFileSync('big.json')[n])",
  'const table = readFileSync(process.argv[2])\nbag.range(3).map((n) => table[n])',
  "const rows = JSON.parse(readFileSync('big.json', 'utf8')).rows\nbag.range(3).map((n) => rows[n])",
  "const few = readFileSync('big.json', 'utf8').split('\\n').filter((s) => s !== '')\nbag.range(3).map((n) => few[n])",
]

test('nothing is said of what is small, stays here, is not there, or is a part', () => {
  for (const body of RIGHT) assert.deepEqual(told(body).messages, [], body)
})
