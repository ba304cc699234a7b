// Views of one value in several windows: shared, and given up when nobody waits.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ViewsInUse } from '../../runtime/session/viewsInUse.ts'

/** Work by the name of its view, to be ended by hand. */
function desk() {
  const begun: string[] = []
  const stopped: string[] = []
  const ends = new Map<string, PromiseWithResolvers<string>>()
  const views = new ViewsInUse<string>()
  const look = (viewer: number, key: string): Promise<string> => {
    const shown = views.lookedAt(viewer, key, (signal) => {
      begun.push(key)
      const end = Promise.withResolvers<string>()
      ends.set(key, end)
      signal.addEventListener('abort', () => {
        stopped.push(key)
        end.reject(signal.reason)
      })
      return end.promise
    })
    shown.catch(() => {})
    return shown
  }
  const done = async (key: string): Promise<void> => {
    ends.get(key)!.resolve(key)
    await ends.get(key)!.promise
  }
  return { begun, stopped, views, look, done, fail: (key: string) => ends.get(key)!.reject(new Error('no')) }
}

test('two windows share a view, and another view of one does not end the work for the other', async () => {
  const { begun, stopped, look, done } = desk()
  const [one, other] = [look(1, 'a'), look(2, 'a')]
  look(1, 'b')
  assert.deepEqual([begun, stopped], [['a', 'b'], []])
  await done('a')
  assert.deepEqual(await Promise.all([one, other]), ['a', 'a'])
  look(2, 'b')
  assert.deepEqual([begun, stopped], [['a', 'b'], []])
})

test('work ends when the last window looks elsewhere, gives up or is gone', async () => {
  const { stopped, look, views } = desk()
  look(1, 'a')
  look(1, 'b')
  assert.deepEqual(stopped, ['a'])
  look(2, 'b')
  views.giveUp(1)
  assert.deepEqual(stopped, ['a'])
  views.leave(2)
  assert.deepEqual(stopped, ['a', 'b'])
})

test('what is there stays when its window gives up, and what failed is begun anew', async () => {
  const { begun, look, done, fail, views } = desk()
  const first = look(1, 'a')
  await done('a')
  await first
  views.giveUp(1)
  await look(1, 'a')
  assert.deepEqual(begun, ['a'])
  const bad = look(1, 'b')
  fail('b')
  await assert.rejects(bad, /no/)
  look(1, 'b')
  assert.deepEqual(begun, ['a', 'b', 'b'])
})
