// Queries of TPC-H written in the API: whole or cut into partitions they give what the same question gives when it is
// written for polars itself (`tpchNative.ts`), and so does the engine in JavaScript. Parameters are chosen so that small
// tables have answers.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { col, type DataFrame, type Expr, len, lit, when } from '../../runtime/collections/index.ts'
import { computeInProcess } from '../kit/runGraph.ts'
import { NATIVE_QUERIES, nativeTables } from './tpchNative.ts'
import { type Tables, tpchTables } from './tpchTables.ts'

computeInProcess()

const price: Expr = col('l_extendedprice').mul(lit(1).sub(col('l_discount')))
const revenue = (name = 'revenue'): Expr => price.sum().as(name) as Expr
const on = (leftOn: string, rightOn: string): { leftOn: string; rightOn: string } => ({ leftOn, rightOn })

const QUERIES: Readonly<Record<string, (tables: Tables) => DataFrame>> = {
  Q1: ({ lineitem }) =>
    lineitem
      .filter(col('l_shipdate').lte('1996-09-02'))
      .groupBy('l_returnflag', 'l_linestatus')
      .agg(
        col('l_quantity').sum().as('sum_qty'),
        col('l_extendedprice').sum().as('sum_base'),
        revenue('sum_disc'),
        price
          .mul(lit(1).add(col('l_tax')))
          .sum()
          .as('sum_charge') as Expr,
        col('l_quantity').mean().as('avg_qty'),
        col('l_discount').mean().as('avg_disc'),
        len().as('count_order'),
      )
      .sort(['l_returnflag', 'l_linestatus']) as DataFrame,
  Q3: ({ customer, orders, lineitem }) =>
    customer
      .filter(col('c_mktsegment').eq('BUILDING'))
      .join(orders.filter(col('o_orderdate').lt('1995-03-15')), on('c_custkey', 'o_custkey'))
      .join(lineitem.filter(col('l_shipdate').gt('1995-01-01')), on('o_orderkey', 'l_orderkey'))
      .groupBy('o_orderkey', 'o_orderdate', 'o_shippriority')
      .agg(revenue())
      .sort(['revenue', 'o_orderdate', 'o_orderkey'], { descending: [true, false, false] })
      .head(10) as DataFrame,
  Q4: ({ orders, lineitem }) =>
    orders
      .filter(col('o_orderdate').between('1993-07-01', '1995-09-30'))
      .join(lineitem.filter(col('l_commitdate').lt(col('l_receiptdate'))), {
        ...on('o_orderkey', 'l_orderkey'),
        how: 'semi',
      })
      .groupBy('o_orderpriority')
      .agg(len().as('order_count'))
      .sort('o_orderpriority') as DataFrame,
  Q5: ({ customer, orders, lineitem, supplier, nation, region }) =>
    customer
      .join(orders.filter(col('o_orderdate').gte('1994-01-01')), on('c_custkey', 'o_custkey'))
      .join(lineitem, on('o_orderkey', 'l_orderkey'))
      .join(supplier, { leftOn: ['l_suppkey', 'c_nationkey'], rightOn: ['s_suppkey', 's_nationkey'] })
      .join(nation, on('c_nationkey', 'n_nationkey'))
      .join(region.filter(col('r_name').eq('ASIA')), on('n_regionkey', 'r_regionkey'))
      .groupBy('n_name')
      .agg(revenue())
      .sort('revenue', { descending: true }) as DataFrame,
  Q6: ({ lineitem }) =>
    lineitem
      .filter(
        col('l_shipdate')
          .between('1994-01-01', '1995-12-31')
          .and(col('l_discount').between(0.05, 0.07))
          .and(col('l_quantity').lt(24)),
      )
      .select(col('l_extendedprice').mul(col('l_discount')).sum().as('revenue')) as DataFrame,
  Q9: ({ part, supplier, lineitem, partsupp, orders, nation }) =>
    part
      .filter(col('p_name').str.contains('green'))
      .join(lineitem, on('p_partkey', 'l_partkey'))
      .join(supplier, on('l_suppkey', 's_suppkey'))
      .join(partsupp, { leftOn: ['l_suppkey', 'p_partkey'], rightOn: ['ps_suppkey', 'ps_partkey'] })
      .join(orders, on('l_orderkey', 'o_orderkey'))
      .join(nation, on('s_nationkey', 'n_nationkey'))
      .groupBy(col('n_name').as('nation'), col('o_orderdate').dt.year().as('o_year'))
      .agg(
        price
          .sub(col('ps_supplycost').mul(col('l_quantity')))
          .sum()
          .as('sum_profit') as Expr,
      )
      .sort(['nation', 'o_year'], { descending: [false, true] }) as DataFrame,
  Q10: ({ customer, orders, lineitem, nation }) =>
    customer
      .join(
        orders.filter(col('o_orderdate').between('1993-10-01', '1995-01-01')),
        on('c_custkey', 'o_custkey'),
      )
      .join(lineitem.filter(col('l_returnflag').eq('R')), on('o_orderkey', 'l_orderkey'))
      .join(nation, on('c_nationkey', 'n_nationkey'))
      .groupBy('c_custkey', 'c_name', 'c_acctbal', 'n_name')
      .agg(revenue())
      .sort(['revenue', 'c_custkey'], { descending: [true, false] })
      .head(20) as DataFrame,
  Q12: ({ orders, lineitem }) => {
    const urgent = col('o_orderpriority').isIn(['1-URGENT', '2-HIGH'])
    return orders
      .join(
        lineitem.filter(
          col('l_shipmode')
            .isIn(['MAIL', 'SHIP'])
            .and(col('l_commitdate').lt(col('l_receiptdate')))
            .and(col('l_shipdate').lt(col('l_commitdate'))),
        ),
        on('o_orderkey', 'l_orderkey'),
      )
      .groupBy('l_shipmode')
      .agg(
        when(urgent).then(1).otherwise(0).sum().as('high') as Expr,
        when(urgent).then(0).otherwise(1).sum().as('low') as Expr,
      )
      .sort('l_shipmode') as DataFrame
  },
  Q13: ({ customer, orders }) =>
    customer
      .join(orders.filter(col('o_comment').str.contains('special.*requests').not()), {
        ...on('c_custkey', 'o_custkey'),
        how: 'left',
      })
      .groupBy('c_custkey')
      .agg(col('o_orderkey').count().as('c_count'))
      .groupBy('c_count')
      .agg(len().as('custdist'))
      .sort(['custdist', 'c_count'], { descending: true }) as DataFrame,
  Q14: ({ lineitem, part }) =>
    lineitem
      .filter(col('l_shipdate').between('1995-01-01', '1995-12-31'))
      .join(part, on('l_partkey', 'p_partkey'))
      .select(
        when(col('p_type').str.startsWith('PROMO'))
          .then(price)
          .otherwise(0)
          .sum()
          .mul(100)
          .div(price.sum())
          .as('promo_revenue') as Expr,
      ) as DataFrame,
  Q18: ({ customer, orders, lineitem }) => {
    const large = lineitem
      .groupBy('l_orderkey')
      .agg(col('l_quantity').sum().as('sum_qty'))
      .filter(col('sum_qty').gt(100)) as unknown as DataFrame
    return orders
      .join(large, on('o_orderkey', 'l_orderkey'))
      .join(customer, on('o_custkey', 'c_custkey'))
      .select('c_name', 'o_custkey', 'o_orderkey', 'o_orderdate', 'o_totalprice', 'sum_qty')
      .sort(['o_totalprice', 'o_orderkey'], { descending: [true, false] })
      .head(100) as DataFrame
  },
  Q19: ({ lineitem, part }) => {
    const of = (brand: string, container: string, least: number, size: number): Expr =>
      col('p_brand')
        .eq(brand)
        .and(col('p_container').eq(container))
        .and(col('l_quantity').between(least, least + 30))
        .and(col('p_size').between(1, size)) as Expr
    return lineitem
      .filter(col('l_shipmode').isIn(['AIR', 'REG AIR']).and(col('l_shipinstruct').eq('DELIVER IN PERSON')))
      .join(part, on('l_partkey', 'p_partkey'))
      .filter(
        of('Brand#12', 'SM CASE', 1, 10)
          .or(of('Brand#23', 'MED BAG', 10, 12))
          .or(of('Brand#34', 'LG BOX', 20, 15)),
      )
      .select(revenue())
  },
}

type Answer = Readonly<Record<string, unknown>>

/** A day as its number, whole numbers as numbers. */
const plain = (value: unknown): unknown =>
  value instanceof Date ? value.getTime() / 86_400_000 : typeof value === 'bigint' ? Number(value) : value

/** The same rows in the same order; sums may differ in how they were rounded, by their order. */
function sameAnswer(found: readonly Answer[], expected: readonly Answer[], what: string): void {
  assert.equal(found.length, expected.length, what)
  found.forEach((row, i) => {
    assert.deepEqual(Object.keys(row).sort(), Object.keys(expected[i]).sort(), what)
    for (const [name, cell] of Object.entries(row)) {
      const [a, b] = [plain(cell), plain(expected[i][name])]
      const near = typeof a === 'number' && typeof b === 'number' && Math.abs(a - b) <= 1e-9 * Math.abs(b)
      assert.ok(a === b || near, `${what}: row ${i} has ${name} ${String(a)}, not ${String(b)}`)
    }
  })
}

for (const [name, query] of Object.entries(QUERIES))
  for (const seed of [5, 6])
    test(`TPC-H ${name}: in partitions, and without polars, as a program for polars gives it (seed ${seed})`, async () => {
      const expected = NATIVE_QUERIES[name](nativeTables(seed))
      assert.ok(expected.length > 0)
      assert.ok(
        Object.values(expected[0] as object).every((value) => value !== null),
        'the answer is not empty',
      )
      for (const engine of ['polars', 'columns'])
        for (const partitions of [1, 3]) {
          process.env.HEDDLE_TABLE_ENGINE = engine
          const found = await query(tpchTables(seed, partitions)).toRecords()
          sameAnswer(found, expected, `${engine}, ${partitions} partitions`)
        }
    })
