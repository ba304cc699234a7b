// What hovers tell of data frames after each verb, held to what the same program says when it runs: columns, types, partitions, tasks.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import * as heddle from '../../runtime/collections/index.ts'
import { buildTogether } from '../../runtime/graph/collection.ts'
import { TaskGraph } from '../../runtime/graph/taskGraph.ts'
import { typeText } from '../../runtime/kernels/table/dataType.ts'
import { outlineOf } from '../../runtime/outline/outline.ts'
import { Subject } from '../../server/knowledge/subject.ts'
import { hoverAt } from '../../server/lsp/hover.ts'
import { FILES, FLIGHTS, NAMES, PROGRAMS, TABLES, UNTOLD, writeFiles } from './framePrograms.ts'

const EXPORTS: Readonly<Record<string, unknown>> = { ...heddle }
const folder = mkdtempSync(join(tmpdir(), 'heddle-frames-'))
after(() => rmSync(folder, { recursive: true }))
writeFiles(folder)

const told = async (program: string): Promise<string | undefined> => {
  const text = `import { ${NAMES.join(', ')} } from 'heddle'\n${TABLES}\nconst it = ${program}\n`
  const subject = Subject.of('a.mjs', text)
  assert.ok(subject, 'the program parses')
  const offset = text.lastIndexOf('const it') + 'const '.length
  const hover = await hoverAt(
    subject,
    offset,
    async () => undefined,
    1,
    async (recipe) => outlineOf(structuredClone(recipe), folder),
  )
  return hover?.markdown
}

const made = (program: string): heddle.DataFrame => {
  const make = new Function(...NAMES, `${TABLES}\nreturn ${program}`)
  return make(...NAMES.map((name) => EXPORTS[name])) as heddle.DataFrame
}

/** What a hover says, read back. */
function read(markdown: string | undefined): { columns?: string; partitions?: number; tasks?: number } {
  const number = (what: string): number | undefined => {
    const found = new RegExp(` · ([\\d,]+) ${what}s?(?: |$)`, 'm').exec(markdown ?? '')?.[1]
    return found === undefined ? undefined : Number(found.replaceAll(',', ''))
  }
  return {
    columns: /^columns: (.*?) *$/m.exec(markdown ?? '')?.[1],
    partitions: number('partition'),
    tasks: number('task'),
  }
}

function saidBy(frame: heddle.DataFrame): ReturnType<typeof read> {
  const graph = new TaskGraph()
  buildTogether(graph, [frame])
  return {
    columns: Object.entries(frame.schema)
      .map(([name, type]) => `\`${name}\` ${typeText(type)}`)
      .join(', '),
    partitions: frame.partitions,
    tasks: graph.size,
  }
}

for (const program of PROGRAMS)
  test(`told as it is: ${program}`, async () => {
    assert.deepEqual(read(await told(program)), saidBy(made(program)))
  })

for (const program of FILES)
  test(`told as it is: ${program}`, async () => {
    const there = program.replace(
      /'([ab][^',]*\.(csv|jsonl))'/g,
      (_, name: string) => `'${join(folder, name)}'`,
    )
    assert.deepEqual(read(await told(program)), saidBy(made(there)))
  })

for (const [program, partitions] of UNTOLD)
  test(`no columns and tasks are told: ${program}`, async () => {
    assert.deepEqual(read(await told(program)), { columns: undefined, partitions, tasks: undefined })
  })

test('a list that is changed on the way is not taken for what it was', async () => {
  for (const change of ["list.push('t')", "list[0] = 't'", 'change(list)', 'delete list[0]'])
    assert.equal(
      read(await told(`(() => { const list = ['id']; ${change}; return rows.select(...list) })()`)).columns,
      undefined,
      change,
    )
  const kept = "(() => { const list = ['id']; return rows.drop('t').select(...list) })()"
  assert.equal(read(await told(kept)).columns, '`id` int64')
})

const LARGE = `dataframe.readParquet('${FLIGHTS}')`
const GATHERS: [step: string, told: string | undefined][] = [
  ["sort('delay')", '`sort` holds all of its rows at once: about 192 MB on all workers together'],
  ["sort('delay').head(3)", undefined],
  [
    "select('delay').sort('delay')",
    '`sort` holds all of its rows at once: about 24 MB on all workers together',
  ],
  [
    "filter(col('delay').gt(60)).setIndex('date')",
    '`sort` holds all of its rows at once: about 58 MB on all workers together',
  ],
  ['unique()', '`unique` holds all of its rows at once: about 192 MB on all workers together'],
  ["groupBy('origin').agg(col('delay').mean())", undefined],
  [
    "groupBy('origin').apply((rows) => rows, { schema: { n: 'int32' } })",
    '`apply` holds all of its rows at once: about 192 MB on all workers together',
  ],
  ["join(rows.select(col('city').as('origin')), { on: 'origin', broadcast: true })", undefined],
  [
    `join(${LARGE}, { on: 'origin', broadcast: false })`,
    '`join` holds all of its rows at once: about 384 MB on all workers together',
  ],
]
for (const [step, expected] of GATHERS)
  test(`what is held at once: ${step.replace(FLIGHTS, 'flights')}`, async () => {
    const said = await told(`${LARGE}.${step}`)
    assert.equal(/^.*holds all.*?(?= *$)/m.exec(said ?? '')?.[0], expected)
  })
