// The files that the bag bench reads, and the peer too: made once a machine, the same bytes everywhere.

import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const PARTS = 16
const WORDS = 50_000
const TEXT_MB = Number(process.env.HEDDLE_BENCH_TEXT_MB ?? 100)
const JSON_ROWS = 300_000

/** Numbers in [0, 1), always the same. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** Lines of 12 words, few words often and many seldom. */
function textPart(part: number, bytes: number): string {
  const random = generator(part)
  const words = Array.from({ length: WORDS }, (_, i) =>
    ((i * 7919) % WORDS).toString(36).padStart(1 + (i % 8), 'x'),
  )
  const lines: string[] = []
  for (let size = 0; size < bytes; ) {
    const line = Array.from({ length: 12 }, () => words[Math.floor(WORDS ** random()) - 1]).join(' ')
    lines.push(line)
    size += line.length + 1
  }
  return `${lines.join('\n')}\n`
}

function jsonPart(part: number, rows: number): string {
  const random = generator(1000 + part)
  const lines = Array.from({ length: rows }, (_, i) =>
    JSON.stringify({
      id: part * rows + i,
      user: `user${Math.floor(random() * 5000)}`,
      amount: Math.round(random() * 10_000) / 100,
      status: `s${i % 5}`,
      tags: Array.from({ length: i % 4 }, (_, tag) => `t${tag}`),
      place: { latitude: random() * 90, longitude: random() * 180 },
    }),
  )
  return `${lines.join('\n')}\n`
}

/** The folder of the files, made when it is not there: `text-*.txt` and `rows-*.jsonl`. */
export function bagData(): string {
  const folder = join(tmpdir(), `heddle-bench-bag-${TEXT_MB}mb`)
  if (existsSync(folder)) return folder
  const making = `${folder}-${process.pid}`
  mkdirSync(making)
  for (let part = 0; part < PARTS; part++) {
    const name = String(part).padStart(2, '0')
    writeFileSync(join(making, `text-${name}.txt`), textPart(part, (TEXT_MB * 1e6) / PARTS))
    writeFileSync(join(making, `rows-${name}.jsonl`), jsonPart(part, Math.ceil(JSON_ROWS / PARTS)))
  }
  try {
    renameSync(making, folder)
  } catch {
    rmSync(making, { recursive: true }) // Another bench was faster.
  }
  return folder
}
