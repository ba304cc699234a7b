// Small tables of TPC-H's schema, as far as its queries read them, filled by a seed.

import { type DataFrame, dataframe } from '../../runtime/collections/index.ts'
import type { DataType } from '../../runtime/kernels/table/dataType.ts'
import { Random } from '../simulation/random.ts'

const DAY = 86_400_000
const NATIONS = ['FRANCE', 'GERMANY', 'CHINA', 'JAPAN', 'INDIA', 'BRAZIL', 'KENYA', 'CANADA']
const REGION_OF = [3, 3, 2, 2, 2, 1, 0, 1]
const REGIONS = ['AFRICA', 'AMERICA', 'ASIA', 'EUROPE']

export const TABLES = [
  'region',
  'nation',
  'supplier',
  'customer',
  'part',
  'partsupp',
  'orders',
  'lineitem',
] as const
export type Tables = Record<(typeof TABLES)[number], DataFrame>

/** The rows of all tables. */
export function tpchRows(seed: number): Record<(typeof TABLES)[number], readonly object[]> {
  const random = new Random(seed)
  const date = (from: Date, days: number): Date => new Date(from.getTime() + random.below(days) * DAY)
  const cents = (limit: number): number => random.below(limit * 4) / 4
  const rows = {
    region: REGIONS.map((name, i) => ({ r_regionkey: i, r_name: name })),
    nation: NATIONS.map((name, i) => ({ n_nationkey: i, n_name: name, n_regionkey: REGION_OF[i] })),
    supplier: range(12, (i) => ({ s_suppkey: i, s_nationkey: random.below(8) })),
    customer: range(40, (i) => ({
      c_custkey: i,
      c_name: `Customer#${i}`,
      c_nationkey: random.below(8),
      c_mktsegment: random.pick(['BUILDING', 'MACHINERY', 'AUTOMOBILE']),
      c_acctbal: cents(5000) - 1000,
    })),
    part: range(30, (i) => ({
      p_partkey: i,
      p_name: `${random.pick(['green', 'red', 'blue'])} ${random.pick(['olive', 'green', 'plum'])} part`,
      p_brand: random.pick(['Brand#12', 'Brand#23', 'Brand#34']),
      p_type: random.pick(['PROMO BRASS', 'PROMO TIN', 'STANDARD TIN']),
      p_size: 1 + random.below(15),
      p_container: random.pick(['SM CASE', 'MED BAG', 'LG BOX']),
    })),
    partsupp: range(120, (i) => ({
      ps_partkey: i % 30,
      ps_suppkey: (i + Math.floor(i / 30)) % 12,
      ps_supplycost: cents(100),
    })),
    orders: range(300, (i) => ({
      o_orderkey: i,
      o_custkey: random.below(36),
      o_orderdate: date(new Date('1993-01-01'), 1500),
      o_totalprice: cents(400_000),
      o_orderpriority: random.pick(['1-URGENT', '2-HIGH', '3-MEDIUM', '5-LOW']),
      o_shippriority: 0,
      o_comment: random.pick(['special deliveries requests', 'nothing of note', 'requests special']),
    })),
    lineitem: [] as object[],
  }
  for (const { o_orderkey, o_orderdate } of rows.orders)
    for (let line = 0; line <= random.below(4); line++) {
      const ship = date(o_orderdate, 120)
      const part = random.below(30)
      rows.lineitem.push({
        l_orderkey: o_orderkey,
        l_partkey: part,
        l_suppkey: (part + random.below(4)) % 12,
        l_quantity: 1 + random.below(50),
        l_extendedprice: cents(90_000),
        l_discount: random.below(11) / 100,
        l_tax: random.below(9) / 100,
        l_returnflag: random.pick(['R', 'A', 'N']),
        l_linestatus: random.pick(['O', 'F']),
        l_shipdate: ship,
        l_commitdate: date(o_orderdate, 90),
        l_receiptdate: date(ship, 30),
        l_shipmode: random.pick(['MAIL', 'SHIP', 'AIR', 'REG AIR']),
        l_shipinstruct: random.pick(['DELIVER IN PERSON', 'NONE']),
      })
    }
  return rows
}

/** The tables in so many partitions each. */
export function tpchTables(seed: number, partitions: number): Tables {
  const rows = tpchRows(seed)
  const tables = TABLES.map((name) => {
    const own = rows[name] as readonly Record<string, unknown>[]
    const schema = Object.fromEntries(
      Object.entries(own[0]).map(([column, value]): [string, DataType] => [column, typeOf(column, value)]),
    )
    return [name, dataframe.fromRecords(own, { schema, partitions: Math.min(partitions, own.length) })]
  })
  return Object.fromEntries(tables) as Tables
}

const typeOf = (column: string, value: unknown): DataType =>
  value instanceof Date
    ? 'date'
    : typeof value === 'string'
      ? 'string'
      : /key$|size$/.test(column)
        ? 'int32'
        : 'float64'

const range = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))
