// Which words do the READMEs of this folder's packages use most? A bag of lines, counted in parallel.

import { fileURLToPath } from 'node:url'
import { bag, compute } from 'heddle'

const packages = fileURLToPath(new URL('../node_modules/', import.meta.url))

function wordsOf(line: string): string[] {
  const text = line.toLowerCase().replaceAll(/https?:\S+/g, '')
  return text.match(/\p{Letter}{5,}/gu) ?? []
}

// Many small files share a partition; each partition is one task that reads, splits and counts as it streams.
const lines = bag.readText(`${packages}{*,@*/*}/README.md`, { errors: 'replace' })
const words = lines.flatMap(wordsOf)
const common = words.frequencies().topK(15, ([, count]) => count)

const [lineCount, wordCount, top] = await compute(lines.count(), words.count(), common)

console.log(
  `${lineCount.toLocaleString('en-US')} lines with ${wordCount.toLocaleString('en-US')} words of five letters or more`,
)
const [[, most]] = top
for (const [word, count] of top) {
  const bar = '█'.repeat(Math.ceil((30 * count) / most))
  console.log(`${word.padEnd(14)} ${bar} ${count.toLocaleString('en-US')}`)
}
