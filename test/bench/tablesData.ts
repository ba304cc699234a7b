// The files that the tables bench reads, and the peer too: the tables of the h2o.ai group-by benchmark and a table to join
// with, as CSV, made once a machine.

import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Random } from '../simulation/random.ts'

const PARTS = 16
/** Rows of the large table; the small one has a tenth of them. 20 million rows are 1 GB of CSV. */
export const TABLE_ROWS = Number(process.env.HEDDLE_BENCH_TABLE_ROWS ?? 10_000_000)
const GROUPS = 100

/** id1 to id3 are texts, of 100, 100 and rows / 100 values; id4 to id6 the same as numbers; fk points at the small table. */
function largePart(path: string, part: number): void {
  const random = new Random(part + 1)
  const below = (most: number): number => Math.floor(random.next() * most)
  const many = Math.max(1, Math.floor(TABLE_ROWS / GROUPS))
  const file = openSync(path, 'w')
  writeSync(file, 'id1,id2,id3,id4,id5,id6,fk,v1,v2,v3\n')
  let lines: string[] = []
  for (let row = 0; row < TABLE_ROWS / PARTS; row++) {
    const id = (n: number, digits: number): string => `id${String(n).padStart(digits, '0')}`
    lines.push(
      `${id(below(GROUPS), 3)},${id(below(GROUPS), 3)},${id(below(many), 10)},${below(GROUPS)},${below(GROUPS)},${below(many)},${below(TABLE_ROWS / 10)},${below(5) + 1},${below(15) + 1},${(random.next() * 100).toFixed(6)}`,
    )
    if (lines.length === 20_000) {
      writeSync(file, `${lines.join('\n')}\n`)
      lines = []
    }
  }
  if (lines.length > 0) writeSync(file, `${lines.join('\n')}\n`)
  closeSync(file)
}

function smallTable(path: string): void {
  const random = new Random(99)
  const lines = ['id,grp,attr']
  for (let id = 0; id < TABLE_ROWS / 10; id++) lines.push(`${id},${id % 500},${random.next().toFixed(6)}`)
  const file = openSync(path, 'w')
  writeSync(file, `${lines.join('\n')}\n`)
  closeSync(file)
}

/** The folder of the files, made when it is not there: `large-*.csv` and `small.csv`. */
export function tablesData(): string {
  const folder = join(tmpdir(), `heddle-bench-tables-${TABLE_ROWS}`)
  if (existsSync(folder)) return folder
  const making = `${folder}-${process.pid}`
  mkdirSync(making)
  for (let part = 0; part < PARTS; part++)
    largePart(join(making, `large-${String(part).padStart(2, '0')}.csv`), part)
  smallTable(join(making, 'small.csv'))
  try {
    renameSync(making, folder)
  } catch {
    rmSync(making, { recursive: true }) // Another bench was faster.
  }
  return folder
}
