// Questions for pages: in their order, and void when other rows are asked for.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RowsPage, RowsRequest } from '../../runtime/protocol/rows.ts'
import { type PageSource, RowsQueue } from '../../runtime/session/rowsQueue.ts'

/** Answers when it is told to. */
class Held implements PageSource {
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

  answer(): void {
    this.waiting.shift()?.resolve({ totalRows: 9, start: 0, rows: [] })
  }
}

const of = (filter: string, start = 0, count = 200): RowsRequest => ({ view: { filter }, start, count })
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('pages of one view are given one after the other', async () => {
  const source = new Held()
  const queue = new RowsQueue(source)
  const [first, second] = [queue.ask(of('a')), queue.ask(of('a', 200))]
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
  const [first, second] = [queue.ask(of('a')), queue.ask(of('a', 200))]
  await settled()
  const third = queue.ask(of('ab'))
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
  const first = queue.ask(of('a'))
  await settled()
  assert.deepEqual(await queue.ask(of('', 0, 0)), { totalRows: 0, start: 0, rows: [] })
  await assert.rejects(first, /given up/)
  const again = queue.ask(of(''))
  await settled()
  source.answer()
  await again
  assert.deepEqual(source.asked, ['a@0', '@0'])
})

test('what failed does not hold up what comes after it', async () => {
  const source = new Held()
  const queue = new RowsQueue(source)
  const first = queue.ask(of('a'))
  await settled()
  source.waiting.shift()?.reject(new Error('no memory'))
  await assert.rejects(first, /no memory/)
  const second = queue.ask(of('a', 200))
  await settled()
  source.answer()
  await second
})
