// What is wrong in test/fixtures/editor/everyMistake.ts, from top to bottom, and what its fix makes of the line.

export interface Mistake {
  code: string
  /** The line that is underlined. */
  line: string
  fix?: string
  /** What stands in the file once the fix was applied. */
  fixed?: string
}

export const EVERY_MISTAKE: readonly Mistake[] = [
  { code: 'assigns-capture', line: 'numbers.map((n) => { total += n })' },
  { code: 'mutates-capture', line: "numbers.map((n) => { names.push('x') })" },
  { code: 'cannot-travel', line: 'numbers.filter((n) => seen.deref() === undefined && n > 0)' },
  {
    code: 'mutates-argument',
    line: 'bag.fromSequence([[1]]).map((list: number[]) => { list.push(2) })',
    fix: "Work on a copy of 'list'",
    fixed: 'structuredClone(list)',
  },
  {
    code: 'large-capture',
    line: 'client.submit((n: number) => big[n], 1)',
    fix: "Scatter 'big' once and pass it as an argument",
    fixed: 'client.submit((n: number, big) => big[n], 1, await client.scatter(big))',
  },
  {
    code: 'compute-in-loop',
    line: 'for (const part of [1, 2]) { sums.push(await numbers.map((n) => n * part).sum().compute()) }',
    fix: 'Compute all at once',
    fixed: 'sums.push(...(await compute(',
  },
  {
    code: 'collection-as-value',
    line: 'console.log(half + 1)',
    fix: 'Compute it first',
    fixed: 'console.log((await half.compute()) + 1)',
  },
  {
    code: 'missing-await',
    line: 'numbers.count().compute()',
    fix: 'Add await',
    fixed: 'await numbers.count().compute()',
  },
  {
    code: 'awaits-in-sequence',
    line: 'const least = await numbers.min().compute()',
    fix: 'Compute them at once',
    fixed: 'const [most, least] = await compute(numbers.max(), numbers.min())',
  },
  {
    code: 'set-index-twice',
    line: "load().setIndex('origin').filter(col('delay').gt(1)).setIndex('delay')",
    fix: 'Remove the first setIndex',
    fixed: "load().filter(col('delay').gt(1)).setIndex('delay')",
  },
  {
    code: 'unknown-column',
    line: "load().groupBy('orign')",
    fix: "Change to 'origin'",
    fixed: "load().groupBy('origin')",
  },
  { code: 'unknown-axis', line: "array.fromZarr('era.zarr').mean(2)" },
]
