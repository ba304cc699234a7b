// Runs the examples in the docstrings of collections, kernels and models: `expression // value` must be so.

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { normalChunks } from '../../runtime/collections/array/chunks.ts'
import { byteCount } from '../../runtime/collections/bag/byteCount.ts'
import * as heddle from '../../runtime/collections/index.ts'
import { spansOf } from '../../runtime/collections/shuffle/shuffle.ts'
import * as dtypes from '../../runtime/kernels/array/dtype.ts'
import { runOf } from '../../runtime/kernels/array/indexing.ts'
import { endPlaces } from '../../runtime/kernels/array/print.ts'
import { streamOf } from '../../runtime/kernels/array/randomBits.ts'
import { broadcastShapes, resolveShape } from '../../runtime/kernels/array/shape.ts'
import { requireWholeStruct } from '../../runtime/kernels/files/thriftBounds.ts'
import { keepsNothing, kernel } from '../../runtime/kernels/kernel.ts'
import { withoutAccents } from '../../runtime/kernels/ml/preprocessing/accents.ts'
import { murmurHash32 } from '../../runtime/kernels/ml/preprocessing/texts.ts'
import { findsOf } from '../../runtime/kernels/ml/preprocessing/tokenPattern.ts'
import { resultBuffer, resultBytes } from '../../runtime/kernels/resultMemory.ts'
import { castRefusal } from '../../runtime/kernels/table/castable.ts'
import { typeText } from '../../runtime/kernels/table/dataType.ts'
import { expressionText } from '../../runtime/kernels/table/expression.ts'
import { oddArrow, oddCsv } from '../../runtime/kernels/table/read/oddContents.ts'
import { rowBounds, rowStarts } from '../../runtime/kernels/table/rowStarts.ts'
import { plainOf } from '../../runtime/ml/contract/modelData.ts'
import * as ml from '../../runtime/ml/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'

computeInProcess()

const root = join(import.meta.dirname, '../..')
const { dataframe } = heddle
/** What the examples of tables speak of. */
const TABLES = {
  table: dataframe.fromRecords([
    { city: 'Oslo', t: 3, year: 2023 },
    { city: 'Rome', t: 21, year: 2024 },
  ]),
  flights: dataframe.fromRecords([{ origin: 'OSL', delay: 5 }]),
  airports: dataframe.fromRecords([{ code: 'OSL', city: 'Oslo' }]),
  readings: dataframe.fromRecords([{ city: 'Oslo', t: 3, at: new Date(Date.UTC(2024, 1, 29)) }]),
  typeText,
  castRefusal,
  expressionText,
  findsOf,
  rowBounds,
  rowStarts,
  withoutAccents,
}
const NAMES = {
  ...TABLES,
  ...dtypes,
  ...heddle,
  broadcastShapes,
  byteCount,
  endPlaces,
  keepsNothing,
  kernel,
  ml,
  murmurHash32,
  normalChunks,
  oddArrow,
  oddCsv,
  plainOf,
  requireWholeStruct,
  resolveShape,
  resultBuffer,
  resultBytes,
  runOf,
  spansOf,
  streamOf,
}

interface Example {
  title: string
  code: string
  /** What the last line is said to give; absent where it says nothing. */
  expected: string | undefined
}

/** The examples in a file's docstrings. A last line without a value is only built. */
function examplesIn(file: string): Example[] {
  const text = readFileSync(join(root, file), 'utf8')
  const examples: Example[] = []
  for (const [comment] of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    const plain = comment
      .replace(/^\/\*\*|\*\/$/g, '')
      .split('\n')
      .map((line) => line.replace(/^\s*\* ?/, ''))
      .join('\n')
    const [, ...parts] = plain.split('@example')
    for (const part of parts) {
      const code = part.split(/\n@/)[0].trim()
      const value = code
        .split('\n')
        .at(-1)
        ?.match(/ \/\/ (.*)$/)?.[1]
      examples.push({ title: `${file}: ${code.split('\n')[0]}`, code, expected: value })
    }
  }
  return examples
}

/** Examples that read files nobody has are parsed only: what they do is tested elsewhere. */
const readsFiles = (code: string): boolean =>
  /'(?!memory:)[^']*\.(gz|csv|jsonl|parquet|avro|md|txt)'|example\.org/.test(code)

/** The value of an example's last expression, as JavaScript (types are stripped by Node itself). */
async function resultOf({ code, expected }: Example): Promise<unknown> {
  const { stripTypeScriptTypes } = await import('node:module')
  const lines = code.split('\n').filter((line) => !/^\s*\/\//.test(line))
  const last = lines.findLastIndex((line) => !/^[\s})\]]/.test(line))
  const tail = lines
    .slice(last)
    .join('\n')
    .replace(/ \/\/ .*$/, '')
  const isStatement = /^(export |const |let )/.test(tail)
  const source = [
    ...lines.slice(0, last),
    isStatement ? tail.replace(/^export /, '') : `return [(${tail}\n)]`,
  ].join('\n')
  const body = stripTypeScriptTypes(`async function example() {\n${source}\n}`)
  const run = new Function(...Object.keys(NAMES), `${body}\nreturn example()`) as (
    ...values: unknown[]
  ) => Promise<unknown>
  const result = (await run(...Object.values(NAMES))) as unknown[] | undefined
  if (expected === undefined || !isStatement) return result?.[0]
  return undefined
}

const files = globSync('runtime/{collections,kernels,ml}/**/*.ts', { cwd: root }).sort()
for (const file of files)
  for (const example of examplesIn(file))
    test(`the example in ${example.title}`, async () => {
      if (readsFiles(example.code)) {
        new Function(`async () => { ${(await import('node:module')).stripTypeScriptTypes(example.code)} }`)
        return
      }
      const value = await resultOf(example)
      if (example.expected === undefined || /^const .* = /.test(example.code.split('\n').at(-1) ?? '')) return
      const names = Object.keys(NAMES)
      const said = new Function(...names, `return (${example.expected.replace(/:.*B$/, '')})`)(
        ...Object.values(NAMES),
      )
      assert.deepEqual(value, said)
    })

test('every public method of a bag has an example', () => {
  const source = readFileSync(join(root, 'runtime/collections/bag/bag.ts'), 'utf8')
  const methods = [...source.matchAll(/\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n {2}(?:async )?([a-z]\w+)[<(]/g)]
  const without = methods
    .filter(([text]) => !text.includes('@example') && !text.includes('@internal'))
    .map(([, name]) => name)
  assert.deepEqual(without, ['visualize', 'with', 'randomChoices', 'toTextFiles', 'toJsonLines'])
  assert.ok(methods.length > 35, `${methods.length} methods were seen`)
})
