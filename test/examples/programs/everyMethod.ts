// A user's program: every method of bags and delayed values once, on a real cluster. Prints what is wrong, or `all right`.

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bag, Client, compute, delayed } from 'heddle'

/** A class of the user's: its instances travel as items. */
class Point {
  x: number
  constructor(x: number) {
    this.x = x
  }
  get double(): number {
    return 2 * this.x
  }
}

const offset = 100
const client = await Client.local({ workers: 2, threadsPerWorker: 1 })
const folder = mkdtempSync(join(tmpdir(), 'heddle-every-'))
try {
  const numbers = bag.range(20, { partitions: 4 })
  const checks: [string, { compute(): Promise<unknown> }, unknown][] = [
    ['map with a captured value', numbers.map((x) => x + offset).take(2), [100, 101]],
    [
      'map beside a bag and a delayed value',
      numbers.map((x, y: number, z: number) => x + y + z, numbers, numbers.max()).sum(),
      760,
    ],
    [
      'map of an async function',
      numbers
        .with({ concurrency: 3 })
        .map(async (x) => -x)
        .min(),
      -19,
    ],
    [
      'starmap',
      numbers
        .map((x): [number, number] => [x, 2])
        .starmap((x, y) => x * y)
        .sum(),
      380,
    ],
    ['mapPartitions', numbers.mapPartitions((list) => [list.length]), [5, 5, 5, 5]],
    ['filter, remove', numbers.filter((x) => x > 3).remove((x) => x > 5), [4, 5]],
    [
      'flatMap, flatten',
      numbers
        .take(2)
        .flatMap((x) => [[x], [x]])
        .flatten(),
      [0, 0, 1, 1],
    ],
    [
      'pluck',
      numbers
        .map((x) => new Point(x))
        .pluck('double')
        .sum(),
      380,
    ],
    ['zip', numbers.zip(numbers.map(String)).take(1), [[0, '0']]],
    ['fold', numbers.fold((a, b) => a + b), 190],
    [
      'fold with an initial value',
      numbers.fold(
        (set: Set<number>, x) => set.add(x % 3),
        new Set<number>(),
        (a, b) => a.union(b),
      ),
      new Set([0, 1, 2]),
    ],
    [
      'reduction',
      numbers.reduction(
        (list) => list.length,
        (counts) => counts.join(),
      ),
      '5,5,5,5',
    ],
    ['count', numbers.count({ splitEvery: 2 }), 20],
    ['product of bigints', numbers.map((x) => BigInt(x + 1)).product(), 2432902008176640000n],
    [
      'mean, var, std',
      delayed([numbers.mean(), numbers.var(), numbers.std({ ddof: 1 })]),
      [9.5, 33.25, Math.sqrt(35)],
    ],
    ['any, all', delayed([numbers.any((x) => x > 18), numbers.all((x) => x > 18)]), [true, false]],
    [
      'frequencies',
      numbers.map((x) => x % 2).frequencies(),
      [
        [0, 10],
        [1, 10],
      ],
    ],
    [
      'frequencies, shuffled',
      numbers
        .map((x) => ({ rest: x % 2 }))
        .frequencies({ partitions: 3 })
        .topK(2, ([{ rest }]) => rest),
      [
        [{ rest: 1 }, 10],
        [{ rest: 0 }, 10],
      ],
    ],
    ['distinct', numbers.distinct((x) => x % 4), [0, 1, 2, 3]],
    [
      'foldby',
      numbers.foldby(
        (x) => x % 2 === 0,
        (a, b) => a + b,
      ),
      [
        [true, 90],
        [false, 100],
      ],
    ],
    ['groupBy', numbers.groupBy((x) => x % 3).filter(([key]) => key === 1), [[1, [1, 4, 7, 10, 13, 16, 19]]]],
    [
      'groupBy of instances',
      numbers
        .map((x) => new Point(x))
        .groupBy(({ x }) => x % 2)
        .map(([key, points]) => [key, points.reduce((sum, { double }) => sum + double, 0)])
        .topK(2),
      [
        [1, 200],
        [0, 180],
      ],
    ],
    [
      'join with a list',
      numbers
        .join(
          [{ id: 3, name: 'c' }],
          (x) => x,
          ({ id }) => id,
        )
        .map(([x, { name }]) => `${x}${name}`),
      ['3c'],
    ],
    [
      'join of bags',
      numbers
        .join(
          bag.range(18, 30, { partitions: 3 }),
          (x) => x,
          (y) => y,
        )
        .topK(1),
      [[19, 19]],
    ],
    [
      'accumulate',
      numbers
        .take(4)
        .repartition(2)
        .accumulate((a, b) => a + b, 1),
      [1, 1, 2, 4, 7],
    ],
    [
      'repartition',
      numbers
        .repartition(7)
        .mapPartitions((list) => [list])
        .flatten()
        .count(),
      20,
    ],
    ['randomSample', numbers.randomSample(1, { seed: 1 }).count(), 20],
    ['randomSplit', numbers.randomSplit([0, 1], { seed: 1 })[1].count(), 20],
    ['randomChoices', numbers.randomChoices(5, { seed: 1 }).count(), 5],
    ['concat', numbers.concat(bag.fromSequence(['a'])).count(), 21],
    ['fromDelayed', bag.fromDelayed([delayed((n: number) => [n, n])(4), delayed([5])]), [4, 4, 5]],
    ['fromDelayed of a future', bag.fromDelayed<number>([client.submit(() => [7, 8])]).sum(), 15],
    [
      'delayed methods',
      delayed((name: string) => ({ name }))('ann')
        .name.toUpperCase()
        .concat('!'),
      'ANN!',
    ],
    ['delayed over a future', delayed((n: number) => n + 1)(client.submit(() => 41) as never), 42],
    ['toDelayed', numbers.toDelayed()[3].length, 5],
  ]
  for (const [name, collection, expected] of checks)
    assert.deepEqual(await collection.compute(), expected, name)

  const together = await compute(
    ...checks.slice(0, 12).map(([, collection]) => collection as ReturnType<typeof numbers.count>),
  )
  assert.deepEqual(
    together,
    checks.slice(0, 12).map(([, , expected]) => expected),
  )

  const user = delayed({ name: 'ann', tags: ['a'] })
  assert.deepEqual(await client.compute({ name: user.name, tags: [user.tags[0], numbers.sum()] }), {
    name: 'ann',
    tags: ['a', 190],
  })

  const held = await numbers.map((x) => new Point(x)).persist()
  assert.equal(
    await held
      .map((point) => point.double)
      .sum()
      .compute(),
    380,
  )
  assert.deepEqual((await held.take(1).compute())[0], new Point(0))
  assert.equal((await held.take(1).compute())[0].double, 0)

  const paths = await numbers.map(String).toTextFiles(`${folder}/text/*.txt.gz`).compute()
  assert.deepEqual(
    paths,
    [0, 1, 2, 3].map((i) => `${folder}/text/${i}.txt.gz`),
  )
  assert.equal(await bag.readText(`${folder}/text/*.txt.gz`).map(Number).sum().compute(), 190)
  await numbers
    .map((x) => ({ x }))
    .toJsonLines(`${folder}/rows`)
    .compute()
  assert.equal(
    readFileSync(`${folder}/rows/0.jsonl`, 'utf8'),
    '{"x":0}\n{"x":1}\n{"x":2}\n{"x":3}\n{"x":4}\n',
  )
  await assert.rejects(numbers.toJsonLines(`${folder}/rows`).compute(), { name: 'FilesThereError' })
  const failing = numbers.map((x) => {
    if (x === 19) throw new Error('no such number')
    return { x: -x }
  })
  await assert.rejects(
    failing.toJsonLines(`${folder}/rows`, { mode: 'overwrite' }).compute(),
    /no such number/,
  )
  const again = numbers.map((x) => ({ x })).repartition(2)
  assert.equal((await again.toJsonLines(`${folder}/rows`, { mode: 'overwrite' }).compute()).length, 2)
  assert.equal(
    await bag.readJsonLines<{ x: number }>(`${folder}/rows/*.jsonl`).pluck('x').max().compute(),
    19,
  )
  assert.deepEqual(readdirSync(`${folder}/rows`).length, 2, 'no temporary file is left')

  const wrong = bag.readText(`${folder}/text/*.txt.gz`).map((line) => {
    if (line === '13') throw new RangeError('unlucky')
    return line
  })
  await assert.rejects(wrong.count().compute(), {
    name: 'RangeError',
    message: `unlucky (at ${folder}/text/2.txt.gz, line 4)`,
  })
  console.log('all right')
} finally {
  rmSync(folder, { recursive: true })
  await client.close()
}
