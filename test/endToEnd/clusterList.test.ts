// Bags that somebody looks at stay on the cluster: their pages are those of the same list in one piece.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Bag } from '../../runtime/collections/bag/bag.ts'
import * as bag from '../../runtime/collections/bag/index.ts'
import { listTableOf } from '../../runtime/kernels/bag/listTable.ts'
import type { RowsView } from '../../runtime/protocol/rows.ts'
import { Client } from '../../runtime/session/client.ts'
import { ClusterListPages } from '../../runtime/session/clusterListPages.ts'
import { LIMITS } from '../../runtime/session/display.ts'
import { ListPages } from '../../runtime/session/listPages.ts'
import { type ShownResult, shownResult } from '../../runtime/session/shownValue.ts'

describe('a list that stays on the cluster', () => {
  let client: Client
  before(async () => {
    client = await Client.local({ workers: 1, threadsPerWorker: 2 })
  })
  after(() => client.close())

  const pagesOf = ({ pages }: ShownResult): ClusterListPages => {
    assert.ok(pages instanceof ClusterListPages)
    return pages
  }

  test('its pages, sorted and filtered, are those of the whole list, over the edges of partitions and buckets', async () => {
    // Many equal keys, some missing, partitions of unequal length and one without items.
    const made = bag
      .range(40_000, { partitions: 7 })
      .filter((n) => n < 5_715 || n > 11_430)
      .map((n) => ({ few: n % 3, word: n % 11 === 0 ? null : `w${(n * 7919) % 10_007}` }))
    const shown = await shownResult(made, true)
    assert.ok(shown.value instanceof Bag && shown.display.kind === 'table')
    const list = await made.compute()
    assert.deepEqual(
      [shown.line, shown.display.totalRows, shown.display.rows.length],
      [`Array(${list.length})`, list.length, LIMITS.rows],
    )
    const whole = new ListPages(listTableOf(list, LIMITS)!, LIMITS.rows)
    const views: RowsView[] = [{ filter: '' }, { filter: ' W12' }, { filter: 'nowhere' }]
    for (const column of [0, 1])
      for (const descending of [false, true]) views.push({ filter: '', sort: { column, descending } })
    views.push({ filter: '9', sort: { column: 1, descending: true } })
    const pages = pagesOf(shown)
    for (const view of views) {
      const { totalRows } = await whole.page({ view, start: 0, count: 1 })
      for (const start of [0, 1_900, 8_100, 20_000, totalRows - 3]) {
        const request = { view, start: Math.max(0, start), count: 200 }
        assert.deepEqual(await pages.page(request), await whole.page(request), JSON.stringify(request))
      }
    }
  })

  test('up to 1,000 items come whole, and what is no table is told by its first items', async () => {
    const short = await shownResult(
      bag.range(1000, { partitions: 3 }).map((n) => ({ n })),
      true,
    )
    assert.ok(Array.isArray(short.value) && short.pages === undefined)
    assert.deepEqual(short.value.at(-1), { n: 999 })
    const odd = bag.range(3000, { partitions: 2 }).map((n) => (n % 2 === 0 ? [n] : { n }))
    const told = await shownResult(odd, true)
    assert.ok(told.value instanceof Bag && told.pages === undefined && told.display.kind === 'tree')
    assert.equal(told.line, 'Array(3000)')
    assert.equal(told.display.cut, true)
    const none = await shownResult(
      bag.range(5).filter(() => false),
      true,
    )
    assert.deepEqual([none.value, none.line], [[], '[]'])
    assert.deepEqual(
      (await shownResult(bag.range(3000), false)).value,
      Array.from({ length: 3000 }, (_, n) => n),
    )
  })

  test('what somebody waits for no longer is given up, and can be asked for again', async () => {
    const pages = pagesOf(await shownResult(bag.range(50_000, { partitions: 4 }), true))
    const request = { view: { filter: '', sort: { column: 0, descending: true } }, start: 0, count: 1 }
    const older = pages.page(request, 1)
    pages.giveUp(1)
    await assert.rejects(older, /other rows are looked at/)
    assert.deepEqual((await pages.page(request, 1)).rows, [['49999']])
  })
})
