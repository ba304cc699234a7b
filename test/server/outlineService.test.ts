// The process that says what collections are: it answers, ends when a recipe is too large for it, and another one answers.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Recipe } from '../../runtime/protocol/recipe.ts'
import { OutlineService } from '../../server/outline/outlineService.ts'

const value = (given: number): Recipe => ({ kind: 'value', value: given })
const method = (module: string, name: string, args: Recipe[]): Recipe => ({
  kind: 'method',
  of: { kind: 'heddle', name: module },
  name,
  args,
})
const zeros = (length: number, chunk: number): Recipe =>
  method('array', 'zeros', [
    { kind: 'list', items: [value(length)] },
    { kind: 'record', entries: [['chunks', value(chunk)]] },
  ])

const service = new OutlineService(join(import.meta.dirname, '../../runtime/outline/main.ts'))
after(() => service.stop())

/** The first answer may come too late for whoever asked first: the process is being started. */
async function answered(recipe: Recipe): ReturnType<OutlineService['ask']> {
  for (let i = 0; i < 30; i++) {
    const outline = await service.ask(recipe, '/')
    if (outline) return outline
  }
  return undefined
}

test('it answers, and nothing where a step is refused', async () => {
  assert.deepEqual(await answered(zeros(10, 5)), {
    array: { shape: [10], chunks: [5], dtype: 'float64' },
    tasks: 2,
  })
  assert.equal(await service.ask(zeros(-1, 5), '/'), undefined)
  assert.equal(await service.ask(method('bag', 'range', []), '/'), undefined)
})

test('several shapes are told of at once, without their tasks; what is refused is nothing', async () => {
  await answered(zeros(10, 5))
  const three = method('bag', 'range', [value(3)])
  assert.deepEqual(await service.shapes([zeros(10, 5), zeros(-1, 5), three], '/'), [
    { array: { shape: [10], chunks: [5], dtype: 'float64' } },
    undefined,
    { partitions: 3 },
  ])
})

test('a program of more blocks than its memory holds ends the process that was asked, and the next question starts another', async () => {
  assert.equal(await service.ask(zeros(2 ** 27, 1), '/'), undefined)
  assert.deepEqual(await answered(method('bag', 'range', [value(3)])), { partitions: 3, tasks: 3 })
})

test('where there is no such program nothing is said, and it is not started for ever', async () => {
  const none = new OutlineService(join(import.meta.dirname, 'nowhere.ts'))
  for (let i = 0; i < 5; i++) {
    assert.equal(await none.ask(zeros(10, 5), '/'), undefined)
    assert.equal(await none.shapes([zeros(10, 5)], '/'), undefined)
  }
  none.stop()
})
