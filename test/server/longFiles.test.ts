// Long files: what is looked at grows with the text, and not with its square. Counted are the nodes that rules take from a text's lists.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Node } from 'oxc-parser'
import { usesToAsk } from '../../server/diagnose/columnsAfterSteps.ts'
import { findingsOf } from '../../server/diagnose/diagnose.ts'
import { axisUses } from '../../server/knowledge/axisUses.ts'
import { columnUses } from '../../server/knowledge/columnUses.ts'
import { Subject } from '../../server/knowledge/subject.ts'
import { inlayHints } from '../../server/lsp/inlayHints.ts'
import { namesToAsk } from '../../server/types/questions.ts'

const HEAD = [
  "import { array, bag, Client, col, dataframe } from 'heddle'",
  'const client = await Client.local()',
  'const list: number[] = []',
  'const big = new Float64Array(1000)',
  'const made = (n: number) => { if (n > 1) return bag.range(n); return bag.range(1) }',
]

/** What stands in each line of a long file. */
const LINES: Record<string, (n: number) => string> = {
  'bags with functions': (n) => `const v${n} = bag.range(10).map((x) => x + ${n})`,
  'bags made of the one before': (n) =>
    `const v${n} = ${n > 1 ? `v${n - 1}` : 'bag.range(9)'}.map((x) => x + ${n})`,
  computations: (n) => `const v${n} = await bag.range(10).map((x) => x + ${n}).sum().compute()`,
  'promises that nobody awaits': (n) => `const v${n} = bag.range(10).sum().compute(); console.log(v${n} + 1)`,
  'functions that change what they capture': (n) => `bag.range(${n}).map((x) => { list.push(x); return x })`,
  'functions that change what they are given': (n) =>
    `bag.fromSequence([[${n}]]).map((x) => { x.push(1); return x })`,
  'large arrays sent along': (n) => `const v${n} = client.submit((x: number) => x + big.length, ${n})`,
  'frames with columns': (n) =>
    `const v${n} = dataframe.readCsv('a.csv').filter(col('b').gt(${n})).groupBy('c').len()`,
  'frames made of the one before': (n) =>
    `const v${n} = ${n > 1 ? `v${n - 1}` : 'dataframe.fromRecords([{ a: 1 }])'}.withColumns(col('a').add(${n}).as('b'))`,
  'rows with columns': (n) => `const v${n} = bag.readCsvRows('a.csv').filter((row) => row.delay > ${n})`,
  'arrays with axes': (n) => `const v${n} = array.zeros([10, ${n}]).sum(0)`,
  'functions of the user': (n) => `const v${n} = made(${n}).sum()`,
}

/** Everything that is said of a text, and how many nodes were taken from lists for it. */
async function looked(text: string): Promise<{ said: number; taken: number }> {
  let taken = 0
  const counted = <T extends Node>(list: readonly T[]): T[] =>
    new Proxy(list as T[], {
      get(target, name, receiver) {
        if (typeof name === 'string' && /^\d+$/.test(name)) taken++
        return Reflect.get(target, name, receiver)
      },
    })
  const subject = Subject.of('/tmp/long.ts', text)
  assert.ok(subject)
  const { all } = subject
  subject.all = ((...types: Parameters<typeof all>) => counted(all.apply(subject, types))) as typeof all
  const findings = findingsOf(subject)
  const columns = columnUses(subject)
  const asked = usesToAsk(subject, columns, () => undefined)
  const uses = [...columns, ...asked, ...axisUses(subject), ...namesToAsk(subject)]
  const hints = await inlayHints(subject, { start: 0, end: text.length }, async () => undefined)
  return { said: findings.length + uses.length + hints.length, taken }
}

const FEW = 100
const MANY = 800

for (const [title, line] of Object.entries(LINES))
  test(`of eight times as many lines of ${title} at most ten times as much is looked at`, async () => {
    const text = (lines: number): string =>
      [...HEAD, ...Array.from({ length: lines }, (_, i) => line(i + 1)), ''].join('\n')
    const few = await looked(text(FEW))
    const many = await looked(text(MANY))
    assert.ok(many.said > 0, 'something is said')
    const ratio = many.taken / few.taken
    // A list that is sought in by halves takes three steps more.
    assert.ok(
      ratio <= 10,
      `${few.taken} nodes of ${FEW} lines, ${many.taken} of ${MANY}: ${ratio.toFixed(1)} times`,
    )
  })
