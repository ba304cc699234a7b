// Questions for pages: in their order, and void when other rows are asked for.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RowsPage, RowsRequest } from '../../runtime/protocol/rows.ts'
import { type PageSource, RowsQueue } from '../../runtime/session/rowsQueue.ts'

/** Answers when it is told to. */
class Held implements PageSource {
  readonly isOnCluster = true
  readonly asked: string[] = []
  readonly waiting: { resolve(page: RowsPage): void; reject(error: Error): void }[] = []
  givenUp = 0

  page({ view, start }: RowsRequest): Promise<RowsPage> {
    this.asked.push(`${view.filter}@${start}`)
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }))
  }

  giveUp(): void {
    this.givenUp++
    for (const { reject } of this.waiting.splice(0)) reject(new Error('given up'))
  }

  leave(): void {
    this.giveUp()
  }

  answer(): void {
    this.waiting.shift()?.resolve({ totalRows: 9, start: 0, rows: [] })
  }
}

const of = (filter: string, start = 0, count = 200): RowsRequest => ({ view: { filter }, start, count })
const asked = async (queue: RowsQueue, request: RowsRequest, viewer = 1): Promise<RowsPage> =>
  (await queue.ask(request, viewer)) as RowsPage
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('pages of one view are given one after the other', async () => {
  const source = new Held()
  const queue = new RowsQueue(source)
  const [first, second] = [asked(queue, of('a')), asked(queue, of('a', 200))]
  await settled()
  assert.deepEqual(source.asked, ['a@0'])
  source.answer()
  assert.equal((await first).totalRows, 9)
  await settled()
  assert.deepEqual([source.asked, source.givenUp], [['a@0', 'a@200'], 0])
  source.answer()
  await second
})

test('a page of another view gives up the one under way, and those that wait behind it are never begun', async () => {
  const source = new Held()
  const queue = new RowsQueue(source)
  const [first, second] = [asked(queue, of('a')), asked(queue, of('a', 200))]
  await settled()
  const third = asked(queue, of('ab'))
  await assert.rejects(first, /given up/)
  await assert.rejects(second, /other rows were asked for meanwhile/)
  await settled()
  assert.deepEqual([source.asked, source.givenUp], [['a@0', 'ab@0'], 1])
  source.answer()
  assert.equal((await third).totalRows, 9)
})

test('a question for no rows gives up what is under way, and is answered at once', async () => {
  const source = new Held()
  const queue = new RowsQueue(source)
  const first = asked(queue, of('a'))
  await settled()
  assert.deepEqual(await asked(queue, of('', 0, 0)), { totalRows: 0, start: 0, rows: [] })
  await assert.rejects(first, /given up/)
  const again = asked(queue, of(''))
  await settled()
  source.answer()
  await again
  assert.deepEqual(source.asked, ['a@0', '@0'])
})

test('what failed does not hold up what comes after it', async () => {
  const source = new Held()
  const queue = new RowsQueue(source)
  const first = asked(queue, of('a'))
  await settled()
  source.waiting.shift()?.reject(new Error('no memory'))
  await assert.rejects(first, /no memory/)
  const second = asked(queue, of('a', 200))
  await settled()
  source.answer()
  await second
})

test('what one window looks at does not end what another waits for', async () => {
  const source = new Held()
  const queue = new RowsQueue(source)
  const [one, other] = [asked(queue, of('a'), 1), asked(queue, of('b'), 2)]
  await settled()
  assert.deepEqual([source.asked, source.givenUp], [['a@0', 'b@0'], 0])
  source.answer()
  source.answer()
  await Promise.all([one, other])
})

test('of a window that is gone nothing is begun any more', async () => {
  const source = new Held()
  const queue = new RowsQueue(source)
  const page = assert.rejects(asked(queue, of('a'), 1), /other rows were asked for meanwhile/)
  queue.leave(1)
  await page
  assert.deepEqual(source.asked, [])
})

test('of regions the latest alone is wanted, and a value without regions says so', async () => {
  const begun: number[] = []
  const array: PageSource = {
    isOnCluster: true,
    async region({ ranges }) {
      begun.push(ranges[0].start)
      return { values: new Uint8Array() }
    },
    giveUp() {},
    leave() {},
  }
  const queue = new RowsQueue(array)
  const from = (start: number) => ({ ranges: [{ start, stop: 9, step: 1 }] })
  const all = [0, 1, 2].map((start) => queue.ask(from(start), 1))
  const ends = await Promise.allSettled(all)
  assert.deepEqual(
    ends.map(({ status }) => status),
    ['rejected', 'rejected', 'fulfilled'],
  )
  assert.deepEqual(begun, [2])
  await assert.rejects(queue.ask(of('a'), 1), /rows or regions, not both/)
})
