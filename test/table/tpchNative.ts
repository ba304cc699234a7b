// Queries of TPC-H as a program of polars itself asks them: whole tables, by its own API, with nothing of ours in between.

import pl from 'nodejs-polars'
import { type TABLES, tpchRows } from './tpchTables.ts'

type Frame = ReturnType<typeof pl.DataFrame>
type Native = Record<(typeof TABLES)[number], Frame>

/** The tables whole, by the constructors of polars; days are whole numbers of days since 1970. */
export function nativeTables(seed: number): Native {
  const rows = tpchRows(seed)
  return Object.fromEntries(
    Object.entries(rows).map(([name, own]) => {
      const records = own as readonly Record<string, unknown>[]
      const columns = Object.keys(records[0]).map((column) => [
        column,
        records.map((record) => {
          const value = record[column]
          return value instanceof Date ? value.getTime() / 86_400_000 : value
        }),
      ])
      return [name, pl.DataFrame(Object.fromEntries(columns))]
    }),
  ) as Native
}

const { col, lit, when } = pl
const day = (text: string) => lit(Date.parse(text) / 86_400_000)
const price = () => col('l_extendedprice').mul(lit(1).sub(col('l_discount')))
const on = (
  leftOn: string | string[],
  rightOn: string | string[],
  how: 'inner' | 'left' | 'semi' = 'inner',
) => ({ leftOn, rightOn, how }) as never
const records = (frame: Frame): Record<string, unknown>[] => frame.toRecords() as Record<string, unknown>[]

export const NATIVE_QUERIES: Readonly<Record<string, (tables: Native) => Record<string, unknown>[]>> = {
  Q1: ({ lineitem }) =>
    records(
      lineitem
        .filter(col('l_shipdate').ltEq(day('1996-09-02')))
        .groupBy('l_returnflag', 'l_linestatus')
        .agg(
          col('l_quantity').sum().alias('sum_qty'),
          col('l_extendedprice').sum().alias('sum_base'),
          price().sum().alias('sum_disc'),
          price()
            .mul(lit(1).add(col('l_tax')))
            .sum()
            .alias('sum_charge'),
          col('l_quantity').mean().alias('avg_qty'),
          col('l_discount').mean().alias('avg_disc'),
          col('l_quantity').count().alias('count_order'),
        )
        .sort(['l_returnflag', 'l_linestatus']),
    ),
  Q3: ({ customer, orders, lineitem }) =>
    records(
      customer
        .filter(col('c_mktsegment').eq(lit('BUILDING')))
        .join(orders.filter(col('o_orderdate').lt(day('1995-03-15'))), on('c_custkey', 'o_custkey'))
        .join(lineitem.filter(col('l_shipdate').gt(day('1995-01-01'))), on('o_orderkey', 'l_orderkey'))
        .groupBy('o_orderkey', 'o_orderdate', 'o_shippriority')
        .agg(price().sum().alias('revenue'))
        .sort([col('revenue'), col('o_orderdate'), col('o_orderkey')], [true, false, false] as never)
        .head(10),
    ),
  Q4: ({ orders, lineitem }) =>
    records(
      orders
        .filter(
          col('o_orderdate')
            .gtEq(day('1993-07-01'))
            .and(col('o_orderdate').ltEq(day('1995-09-30'))),
        )
        .join(
          lineitem.filter(col('l_commitdate').lt(col('l_receiptdate'))),
          on('o_orderkey', 'l_orderkey', 'semi'),
        )
        .groupBy('o_orderpriority')
        .agg(col('o_orderkey').count().alias('order_count'))
        .sort('o_orderpriority'),
    ),
  Q5: ({ customer, orders, lineitem, supplier, nation, region }) =>
    records(
      region
        .filter(col('r_name').eq(lit('ASIA')))
        .join(nation, on('r_regionkey', 'n_regionkey'))
        .join(customer, on('n_nationkey', 'c_nationkey'))
        .join(orders.filter(col('o_orderdate').gtEq(day('1994-01-01'))), on('c_custkey', 'o_custkey'))
        .join(lineitem, on('o_orderkey', 'l_orderkey'))
        .join(supplier, on(['l_suppkey', 'n_nationkey'], ['s_suppkey', 's_nationkey']))
        .groupBy('n_name')
        .agg(price().sum().alias('revenue'))
        .sort('revenue', true),
    ),
  Q6: ({ lineitem }) =>
    records(
      lineitem
        .filter(
          col('l_shipdate')
            .gtEq(day('1994-01-01'))
            .and(col('l_shipdate').ltEq(day('1995-12-31')))
            .and(col('l_discount').gtEq(lit(0.05)))
            .and(col('l_discount').ltEq(lit(0.07)))
            .and(col('l_quantity').lt(lit(24))),
        )
        .select(col('l_extendedprice').mul(col('l_discount')).sum().alias('revenue')),
    ),
  Q9: ({ part, supplier, lineitem, partsupp, orders, nation }) =>
    records(
      lineitem
        .join(part.filter(col('p_name').str.contains('green')), on('l_partkey', 'p_partkey'))
        .join(partsupp, on(['l_suppkey', 'l_partkey'], ['ps_suppkey', 'ps_partkey']))
        .join(supplier, on('l_suppkey', 's_suppkey'))
        .join(nation, on('s_nationkey', 'n_nationkey'))
        .join(orders, on('l_orderkey', 'o_orderkey'))
        .withColumns(
          col('n_name').alias('nation'),
          col('o_orderdate').cast(pl.Int32).cast(pl.Date).dt.year().alias('o_year'),
          price()
            .sub(col('ps_supplycost').mul(col('l_quantity')))
            .alias('profit'),
        )
        .groupBy('nation', 'o_year')
        .agg(col('profit').sum().alias('sum_profit'))
        .sort([col('nation'), col('o_year')], [false, true] as never),
    ),
  Q10: ({ customer, orders, lineitem, nation }) =>
    records(
      lineitem
        .filter(col('l_returnflag').eq(lit('R')))
        .join(
          orders.filter(
            col('o_orderdate')
              .gtEq(day('1993-10-01'))
              .and(col('o_orderdate').ltEq(day('1995-01-01'))),
          ),
          on('l_orderkey', 'o_orderkey'),
        )
        .join(customer, on('o_custkey', 'c_custkey'))
        .join(nation, on('c_nationkey', 'n_nationkey'))
        .withColumns(col('o_custkey').alias('c_custkey'))
        .groupBy('c_custkey', 'c_name', 'c_acctbal', 'n_name')
        .agg(price().sum().alias('revenue'))
        .sort([col('revenue'), col('c_custkey')], [true, false] as never)
        .head(20),
    ),
  Q12: ({ orders, lineitem }) => {
    const urgent = () =>
      col('o_orderpriority')
        .eq(lit('1-URGENT'))
        .or(col('o_orderpriority').eq(lit('2-HIGH')))
    return records(
      lineitem
        .filter(
          col('l_shipmode')
            .eq(lit('MAIL'))
            .or(col('l_shipmode').eq(lit('SHIP')))
            .and(col('l_commitdate').lt(col('l_receiptdate')))
            .and(col('l_shipdate').lt(col('l_commitdate'))),
        )
        .join(orders, on('l_orderkey', 'o_orderkey'))
        .groupBy('l_shipmode')
        .agg(
          when(urgent()).then(lit(1)).otherwise(lit(0)).sum().alias('high'),
          when(urgent()).then(lit(0)).otherwise(lit(1)).sum().alias('low'),
        )
        .sort('l_shipmode'),
    )
  },
  Q13: ({ customer, orders }) =>
    records(
      customer
        .join(
          orders.filter(col('o_comment').str.contains('special.*requests').not()),
          on('c_custkey', 'o_custkey', 'left'),
        )
        .groupBy('c_custkey')
        .agg(col('o_orderkey').count().alias('c_count'))
        .groupBy('c_count')
        .agg(col('c_custkey').count().alias('custdist'))
        .sort([col('custdist'), col('c_count')], [true, true] as never),
    ),
  Q14: ({ lineitem, part }) =>
    records(
      lineitem
        .filter(
          col('l_shipdate')
            .gtEq(day('1995-01-01'))
            .and(col('l_shipdate').ltEq(day('1995-12-31'))),
        )
        .join(part, on('l_partkey', 'p_partkey'))
        .select(
          when(col('p_type').str.contains('^PROMO'))
            .then(price())
            .otherwise(lit(0))
            .sum()
            .mul(100)
            .div(price().sum())
            .alias('promo_revenue'),
        ),
    ),
  Q18: ({ customer, orders, lineitem }) =>
    records(
      lineitem
        .groupBy('l_orderkey')
        .agg(col('l_quantity').sum().alias('sum_qty'))
        .filter(col('sum_qty').gt(lit(100)))
        .join(orders, on('l_orderkey', 'o_orderkey'))
        .join(customer, on('o_custkey', 'c_custkey'))
        .select(
          'c_name',
          col('o_custkey'),
          col('l_orderkey').alias('o_orderkey'),
          'o_orderdate',
          'o_totalprice',
          'sum_qty',
        )
        .sort([col('o_totalprice'), col('o_orderkey')], [true, false] as never)
        .head(100),
    ),
  Q19: ({ lineitem, part }) => {
    const of = (brand: string, container: string, least: number, size: number) =>
      col('p_brand')
        .eq(lit(brand))
        .and(col('p_container').eq(lit(container)))
        .and(col('l_quantity').gtEq(lit(least)))
        .and(col('l_quantity').ltEq(lit(least + 30)))
        .and(col('p_size').gtEq(lit(1)))
        .and(col('p_size').ltEq(lit(size)))
    return records(
      lineitem
        .join(part, on('l_partkey', 'p_partkey'))
        .filter(
          col('l_shipmode')
            .eq(lit('AIR'))
            .or(col('l_shipmode').eq(lit('REG AIR')))
            .and(col('l_shipinstruct').eq(lit('DELIVER IN PERSON')))
            .and(
              of('Brand#12', 'SM CASE', 1, 10)
                .or(of('Brand#23', 'MED BAG', 10, 12))
                .or(of('Brand#34', 'LG BOX', 20, 15)),
            ),
        )
        .select(price().sum().alias('revenue')),
    )
  },
}
