// Every verb of a data frame against plain lists, in many partitions, on both engines.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { col, type DataFrame, dataframe, len, lit, struct, when } from '../../runtime/collections/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { AGGREGATES, order, type Row, same } from './model.ts'
import { randomOf, randomRows, SCHEMA } from './randomTable.ts'
import { rowText } from './rowText.ts'

computeInProcess()

const TYPES = Object.fromEntries(SCHEMA.map(({ name, type }) => [name, type]))
// Datetimes come out as milliseconds; the verbs are held against cells that lose nothing.
const NAMES = ['id', 'key', 'group', 'x', 'y', 'flag'] as const
const plain = (row: Row): Row => Object.fromEntries(NAMES.map((name) => [name, row[name]]))

function frameOf(rows: readonly Row[], partitions: number): DataFrame {
  return dataframe.fromRecords(rows as object[], { schema: TYPES, partitions }).select(...NAMES) as DataFrame
}

const sameRows = (actual: readonly object[], expected: readonly object[], what: string): void =>
  assert.deepEqual(actual.map(rowText).sort(), expected.map(rowText).sort(), what)
const sameList = (actual: readonly object[], expected: readonly object[], what: string): void =>
  assert.deepEqual(actual.map(rowText), expected.map(rowText), what)

/** Runs a check on both engines, over seeds and partitions. */
function everywhere(
  title: string,
  check: (rows: Row[], frame: DataFrame, partitions: number, random: () => number) => Promise<void>,
): void {
  for (const engine of ['polars', 'columns'])
    test(`${title} (${engine})`, async () => {
      process.env.HEDDLE_TABLE_ENGINE = engine
      for (let seed = 1; seed <= 4; seed++)
        for (const partitions of [1, 4]) {
          const random = randomOf(seed * 31 + partitions)
          const rows = randomRows(seed, seed === 1 ? 0 : Math.floor(random() * 40)).map(plain)
          await check(rows, frameOf(rows, partitions), partitions, random).catch((error: Error) => {
            error.message = `seed ${seed}, ${partitions} partitions: ${error.message}`
            throw error
          })
        }
    })
}

const groups = (rows: readonly Row[], keys: readonly string[]): Row[][] => [
  ...rows
    .reduce((map, row) => {
      const key = keys.map((name) => same(row[name])).join('|')
      map.set(key, [...(map.get(key) ?? []), row])
      return map
    }, new Map<string, Row[]>())
    .values(),
]

everywhere('select, withColumns, filter, drop, rename, cast, fillNull, dropNulls', async (rows, frame) => {
  sameList(await frame.toRecords(), rows, 'as it is')
  sameList(
    await frame.filter(col('y').gt(0)).select('id', col('y').mul(2).as('twice')).toRecords(),
    rows
      .filter((row) => row.y !== null && (row.y as number) > 0)
      .map(({ id, y }) => ({ id, twice: (y as number) * 2 })),
    'filter and select',
  )
  sameList(
    await frame
      .withColumns(col('key').fillNull('?').as('key'), lit(1).as('one'))
      .drop('x', 'y')
      .rename({ flag: 'f' })
      .toRecords(),
    rows.map(({ id, key, group, flag }) => ({ id, key: key ?? '?', group, f: flag, one: 1 })),
    'withColumns, drop, rename',
  )
  sameList(
    await frame.dropNulls('key', 'x').select('id').toRecords(),
    rows.filter((row) => row.key !== null && row.x !== null).map(({ id }) => ({ id })),
    'dropNulls',
  )
  sameList(
    await frame.select('group').fillNull(9).cast({ group: 'float64' }).toRecords(),
    rows.map(({ group }) => ({ group: Number(group ?? 9n) })),
    'fillNull and cast',
  )
  assert.equal(await frame.len().compute(), rows.length, 'len')
})

everywhere('groupBy and agg, by a tree and by a shuffle', async (rows, frame, partitions) => {
  for (const keys of [['key'], ['group', 'flag']])
    for (const shuffle of [false, true]) {
      const grouped = shuffle ? frame.groupBy(...keys).partitions(partitions + 1) : frame.groupBy(...keys)
      const aggs = [
        len().as('rows'),
        col('y').sum().as('sum'),
        col('y').mean().as('mean'),
        col('y').min().as('min'),
        col('x').max().as('max'),
        col('y').std().as('std'),
        col('y').median().as('median'),
        col('x').count().as('count'),
        col('x').nUnique().as('different'),
        col('id').first().as('first'),
        col('id').last().as('last'),
        col('y').sum().div(col('y').count()).as('ratio'),
      ]
      const expected = groups(rows, keys).map((own) => {
        const of = (name: string, fn: string): unknown =>
          AGGREGATES[fn]?.(
            own.map((row) => row[name]),
            {},
          )
        const count = of('y', 'count') as number
        return {
          ...Object.fromEntries(keys.map((name) => [name, own[0][name]])),
          rows: own.length,
          sum: of('y', 'sum'),
          mean: of('y', 'mean'),
          min: of('y', 'min'),
          max: of('x', 'max'),
          std: of('y', 'std'),
          median: of('y', 'median'),
          count: of('x', 'count'),
          different: of('x', 'nUnique'),
          first: of('id', 'first'),
          last: of('id', 'last'),
          ratio: (of('y', 'sum') as number) / count,
        }
      })
      sameRows(await grouped.agg(...aggs).toRecords(), expected, `with all aggregates by ${keys}`)
      const few = aggs.filter((_, i) => ![6, 8].includes(i))
      sameRows(
        await grouped.agg(...few).toRecords(),
        expected.map(({ median: _, different: __, ...row }) => row),
        `in two steps by ${keys}`,
      )
    }
  const [whole] = await frame
    .select(col('y').sum().as('s'), len().as('n'), col('y').std().as('d'))
    .toRecords()
  const values = rows.map((row) => row.y)
  sameList(
    [whole],
    [{ s: AGGREGATES.sum?.(values, {}), n: rows.length, d: AGGREGATES.std?.(values, {}) }],
    'of all rows',
  )
})

everywhere('sort, head, tail, unique, repartition', async (rows, frame, partitions) => {
  const by = (a: Row, b: Row, names: readonly string[], signs: readonly number[]): number => {
    for (const [i, name] of names.entries()) {
      const [left, right] = [a[name], b[name]]
      if (left === null || right === null) {
        if (left !== right) return left === null ? 1 : -1
        continue
      }
      const way = typeof left === 'boolean' ? Number(left) - Number(right) : order(left, right)
      if (way !== 0) return way * signs[i]
    }
    return 0
  }
  for (const [names, signs] of [
    [
      ['x', 'id'],
      [1, -1],
    ],
    [
      ['key', 'id'],
      [-1, 1],
    ],
    [
      ['group', 'y', 'id'],
      [1, -1, 1],
    ],
    [
      ['flag', 'id'],
      [1, 1],
    ],
  ] as const) {
    const sorted = [...rows].sort((a, b) => by(a, b, names, signs))
    const table = frame.sort(names as readonly string[], { descending: signs.map((sign) => sign < 0) })
    sameList(await table.toRecords(), sorted, `sort by ${names}`)
    sameList(await table.head(5).toRecords(), sorted.slice(0, 5), `head of sort by ${names}`)
  }
  sameList(await frame.head(6).toRecords(), rows.slice(0, 6), 'head')
  sameList(await frame.tail(6).toRecords(), rows.slice(-6), 'tail')
  sameRows(
    await frame.unique({ subset: ['key', 'group'] }).toRecords(),
    groups(rows, ['key', 'group']).map(([first]) => first),
    'unique',
  )
  sameRows(
    await frame.unique({ subset: 'key', keep: 'none' }).toRecords(),
    groups(rows, ['key'])
      .filter((own) => own.length === 1)
      .map(([first]) => first),
    'unique, none',
  )
  for (const count of [1, 2, partitions * 2 + 1]) {
    const cut = frame.repartition(count)
    assert.equal(cut.partitions, count)
    sameList(await cut.toRecords(), rows, `repartition to ${count}`)
  }
  assert.deepEqual(await frame.nUnique('key').compute(), new Set(rows.map(({ key }) => key)).size)
})

everywhere('joins, broadcast and shuffled', async (rows, frame, partitions, random) => {
  const others = randomRows(Math.floor(random() * 1000), 12).map((row) => ({
    key: row.key,
    group: row.group,
    w: row.y,
  }))
  const right = dataframe.fromRecords(others, {
    schema: { key: 'string', group: 'int64', w: 'float64' },
    partitions: Math.max(1, partitions - 1),
  }) as DataFrame
  for (const on of [['key'], ['key', 'group']])
    for (const broadcast of [true, false]) {
      const agree = (a: Row, b: Row): boolean => on.every((name) => a[name] !== null && a[name] === b[name])
      const extra =
        on.length === 1
          ? (b: Row | undefined): object => ({ group_right: b?.group ?? null, w: b?.w ?? null })
          : (b: Row | undefined): object => ({ w: b?.w ?? null })
      const inner = rows.flatMap((a) => others.filter((b) => agree(a, b)).map((b) => ({ ...a, ...extra(b) })))
      const lonely = rows.filter((a) => !others.some((b) => agree(a, b)))
      const left = [...inner, ...lonely.map((a) => ({ ...a, ...extra(undefined) }))]
      const unmatched = others.filter((b) => !rows.some((a) => agree(a, b)))
      const none = Object.fromEntries(NAMES.map((name) => [name, null]))
      const outer = [
        ...left,
        ...unmatched.map((b) => ({
          ...none,
          ...Object.fromEntries(on.map((name) => [name, b[name as 'key']])),
          ...extra(b),
        })),
      ]
      const options = { on, broadcast }
      const what = `on ${on}, broadcast ${broadcast}`
      sameRows(await frame.join(right, options).toRecords(), inner, `inner ${what}`)
      sameRows(await frame.join(right, { ...options, how: 'left' }).toRecords(), left, `left ${what}`)
      sameRows(await frame.join(right, { ...options, how: 'outer' }).toRecords(), outer, `outer ${what}`)
      sameRows(
        await frame.join(right, { ...options, how: 'semi' }).toRecords(),
        rows.filter((a) => !lonely.includes(a)),
        `semi ${what}`,
      )
      sameRows(await frame.join(right, { ...options, how: 'anti' }).toRecords(), lonely, `anti ${what}`)
    }
  const crossed = await frame.select('id').join(right.select('w'), { how: 'cross' }).toRecords()
  sameRows(
    crossed,
    rows.flatMap(({ id }) => others.map(({ w }) => ({ id, w }))),
    'cross',
  )
})

everywhere(
  'over, windows, concat, melt, pivot, explode, mapPartitions, apply, mapOverlap',
  async (rows, frame) => {
    sameRows(
      await frame
        .select('id', col('y').sum().over('key').as('s'), col('y').count().over('key', 'group').as('n'))
        .toRecords(),
      rows.map((row) => ({
        id: row.id,
        s: AGGREGATES.sum?.(
          rows.filter((each) => each.key === row.key).map((each) => each.y),
          {},
        ),
        n: rows.filter((each) => each.key === row.key && each.group === row.group && each.y !== null).length,
      })),
      'over',
    )
    let total = 0
    sameList(
      await frame
        .select('id', col('y').shift(2).as('before'), col('y').fillNull(0).cumSum().as('running'))
        .toRecords(),
      rows.map((row, i) => {
        total += Number(row.y ?? 0)
        return { id: row.id, before: rows[i - 2]?.y ?? null, running: total }
      }),
      'shift and cumSum over all partitions',
    )
    sameList(
      await dataframe.concat([frame, frame.filter(col('flag'))]).toRecords(),
      [...rows, ...rows.filter((row) => row.flag)],
      'concat',
    )
    sameRows(
      await frame.melt({ id: 'id', on: ['x', 'y'] }).toRecords(),
      rows.flatMap(({ id, x, y }) => [
        { id, variable: 'x', value: x },
        { id, variable: 'y', value: y },
      ]),
      'melt',
    )
    sameRows(
      await frame
        .pivot({ index: 'key', on: 'group', values: 'y', columns: [0n, 1n], agg: 'sum' })
        .toRecords(),
      groups(rows, ['key']).map((own) => {
        const of = (group: bigint): unknown =>
          AGGREGATES.sum?.(
            own.filter((row) => row.group === group).map((row) => row.y),
            {},
          )
        return { key: own[0].key, 0: of(0n), 1: of(1n) }
      }),
      'pivot',
    )
    sameRows(
      await frame.select('id', col('key').str.split(' ').as('parts')).explode('parts').toRecords(),
      rows.flatMap(({ id, key }): object[] =>
        key === null
          ? [{ id, parts: null }]
          : (key as string).split(' ').map((part) => ({ id, parts: part })),
      ),
      'explode',
    )
    sameList(
      await frame.mapPartitions((part) => part.filter((row) => row.flag === true)).toRecords(),
      rows.filter((row) => row.flag === true),
      'mapPartitions',
    )
    sameList(
      await frame
        .apply((row) => ({ id: row.id, big: Number(row.y ?? 0) > 0 }), {
          schema: { id: 'int64', big: 'boolean' },
        })
        .toRecords(),
      rows.map(({ id, y }) => ({ id, big: Number(y ?? 0) > 0 })),
      'apply',
    )
    sameRows(
      await frame
        .groupBy('key')
        .apply((own) => ({ n: own.length }), { schema: { n: 'int32' } })
        .toRecords(),
      groups(rows, ['key']).map((own) => ({ key: own[0].key, n: own.length })),
      'groupBy().apply',
    )
    sameList(
      await frame
        .select('id')
        .mapOverlap(
          (own) =>
            own.map((row, i) => ({
              id: row.id,
              before: own[i - 2]?.id ?? null,
              after: own[i + 1]?.id ?? null,
            })),
          2,
          1,
          {
            schema: { id: 'int64', before: 'int64', after: 'int64' },
          },
        )
        .toRecords(),
      rows.map(({ id }, i) => ({ id, before: rows[i - 2]?.id ?? null, after: rows[i + 1]?.id ?? null })),
      'mapOverlap',
    )
    sameList(
      await frame
        .select(struct('id', 'key').as('both'), when(col('flag')).then('yes').otherwise('no').as('w'))
        .select(col('both').field('key'), 'w')
        .toRecords(),
      rows.map(({ key, flag }) => ({ key, w: flag === true ? 'yes' : 'no' })),
      'struct and when',
    )
  },
)
