import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { LensNews } from '../../client/lenses/lensNews.ts'

function told(shown: string[]): { news: LensNews; times(): number; after(ms: number): void; done(): void } {
  mock.timers.enable({ apis: ['setTimeout'] })
  let count = 0
  const news = new LensNews(
    () => count++,
    () => shown,
  )
  return {
    news,
    times: () => count,
    after: (ms) => mock.timers.tick(ms),
    done: () => mock.timers.reset(),
  }
}

test('lenses that are asked for are told of once', () => {
  const { news, times, after, done } = told(['a', 'b'])
  news.changed()
  news.asked('a')
  news.asked('b')
  after(1e6)
  assert.equal(times(), 1)
  done()
})

test('lenses that one editor does not ask for are told of again, until it does', () => {
  const { news, times, after, done } = told(['a', 'b'])
  news.changed()
  news.asked('a')
  after(999)
  assert.equal(times(), 1)
  after(1)
  assert.equal(times(), 2)
  after(1999)
  assert.equal(times(), 2)
  after(1)
  assert.equal(times(), 3)
  news.asked('b')
  after(1e6)
  assert.equal(times(), 3)
  done()
})

test('an editor that never asks is told so six times and no more', () => {
  const { news, times, after, done } = told(['a'])
  news.changed()
  for (let i = 0; i < 40; i++) after(1000)
  assert.equal(times(), 6)
  news.changed()
  assert.equal(times(), 7)
  after(1000)
  assert.equal(times(), 8)
  done()
})

test('a document that is not shown any more is not waited for', () => {
  const shown = ['a']
  const { news, times, after, done } = told(shown)
  news.changed()
  shown.pop()
  after(1e6)
  assert.equal(times(), 1)
  news.changed()
  after(1e6)
  assert.equal(times(), 2)
  done()
})
