// What is remembered of collections: each recipe is asked about once, again when its files change, and nobody waits for long.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Outline, Recipe } from '../../runtime/protocol/recipe.ts'
import { KnownShapes } from '../../server/outline/knownShapes.ts'
import { recipeId } from '../../server/outline/recipeIds.ts'

const range = (count: number): Recipe => ({
  kind: 'method',
  of: { kind: 'heddle', name: 'bag' },
  name: 'range',
  args: [{ kind: 'value', value: count }],
})
const read = (path: string): Recipe => ({
  kind: 'method',
  of: { kind: 'heddle', name: 'dataframe' },
  name: 'readCsv',
  args: [{ kind: 'files', paths: [path] }],
})
const OF_THREE: Outline = { partitions: 3 }
/** Longer than any test. */
const LONG_MS = 1e6

type Answer = readonly (Outline | undefined)[] | undefined

/** A runtime whose answers the test gives. */
function asked(): {
  shapes: KnownShapes
  questions: (readonly Recipe[])[]
  answer: (answer: Answer) => void
  stamps: Map<string, object>
} {
  const questions: (readonly Recipe[])[] = []
  const waiting: ((answer: Answer) => void)[] = []
  const stamps = new Map<string, object>()
  const shapes = new KnownShapes(
    (recipes) => {
      questions.push(recipes)
      return new Promise((resolve) => waiting.push(resolve))
    },
    async ([path]) => stamps.get(path),
  )
  return { shapes, questions, answer: (answer) => waiting.shift()?.(answer), stamps }
}

describe('what is remembered', () => {
  test('the same recipe is asked about once, however often it is written, and while the answer is awaited', async () => {
    const { shapes, questions, answer } = asked()
    const both = Promise.all([
      shapes.of([range(3), range(4)], '/', LONG_MS),
      shapes.of([range(3)], '/', LONG_MS),
    ])
    await new Promise(setImmediate)
    answer([OF_THREE, undefined])
    const told = (await both).map(({ shapes: each, late }) => [each, late])
    assert.deepEqual(told, [
      [[OF_THREE, undefined], undefined],
      [[OF_THREE], undefined],
    ])
    // What the package refuses is remembered too.
    assert.deepEqual((await shapes.of([range(4), range(3)], '/', LONG_MS)).shapes, [undefined, OF_THREE])
    assert.equal(questions.length, 1)
    void shapes.of([range(3)], '/elsewhere', 0)
    await new Promise(setImmediate)
    assert.equal(questions.length, 2)
  })

  test('who does not wait goes on without, and is told when the answer is there', async () => {
    const { shapes, questions, answer } = asked()
    const first = await shapes.of([range(3)], '/', 0)
    assert.deepEqual(first.shapes, [undefined])
    assert.ok(first.late)
    answer([OF_THREE])
    await first.late
    assert.deepEqual(await shapes.of([range(3)], '/', 0), { shapes: [OF_THREE], late: undefined })
    assert.equal(questions.length, 1)
  })

  test('when its files change it is asked about again', async () => {
    const { shapes, questions, answer, stamps } = asked()
    const ask = async (outline: Outline): Promise<unknown> => {
      const told = shapes.of([read('a.csv')], '/', LONG_MS)
      await new Promise(setImmediate)
      answer([outline])
      return (await told).shapes[0]
    }
    stamps.set('a.csv', {})
    assert.deepEqual(await ask({ partitions: 1 }), { partitions: 1 })
    assert.deepEqual(await ask({ partitions: 2 }), { partitions: 1 })
    stamps.set('a.csv', {})
    assert.deepEqual(await ask({ partitions: 2 }), { partitions: 2 })
    assert.equal(questions.length, 2)
  })

  test('what ended the process is asked once more, and then no more', async () => {
    const { shapes, questions, answer } = asked()
    for (let i = 0; i < 4; i++) {
      const told = shapes.of([range(3)], '/', LONG_MS)
      await new Promise(setImmediate)
      answer(undefined)
      assert.deepEqual((await told).shapes, [undefined])
    }
    assert.equal(questions.length, 2)
  })

  test('of very many the last are kept', async () => {
    const { shapes, questions, answer } = asked()
    const ask = async (from: number, count: number): Promise<void> => {
      const recipes = Array.from({ length: count }, (_, i) => range(from + i))
      const told = shapes.of(recipes, '/', LONG_MS)
      await new Promise(setImmediate)
      answer(recipes.map(() => OF_THREE))
      await told
    }
    await ask(0, 5000)
    await ask(5000, 10)
    await ask(10, 5000)
    assert.equal(questions.length, 2)
    await ask(0, 1)
    assert.equal(questions.length, 3)
  })
})

describe('the id of a recipe', () => {
  const value = (given: string | number | bigint | boolean | null | undefined): Recipe => ({
    kind: 'value',
    value: given,
  })
  test('differs with whatever it says', () => {
    const record = (name: string, of: Recipe): Recipe => ({ kind: 'record', entries: [[name, of]] })
    const different: Recipe[] = [
      ...[1, 1n, '1', true, 'true', null, 'null', undefined, 0, -0].map(value),
      { kind: 'list', items: [value(1)] },
      { kind: 'list', items: [value(1), value(1)] },
      { kind: 'spread', of: value(1) },
      record('a', value(1)),
      record('b', value(1)),
      { kind: 'record', entries: [{ kind: 'spread', of: value(1) }] },
      { kind: 'function', parameters: 1 },
      { kind: 'function', parameters: 2 },
      { kind: 'new', name: 'Date', args: [value(1)] },
      { kind: 'heddle', name: 'bag' },
      { kind: 'files', paths: ['a', 'b'] },
      { kind: 'files', paths: ['a b'] },
      { kind: 'member', of: range(1), name: 'T' },
      { kind: 'method', of: range(1), name: 'T', args: [] },
      { kind: 'call', fn: range(1), args: [] },
      range(1),
      range(2),
    ]
    const ids = different.map((each) => recipeId(each)?.id)
    assert.equal(new Set(ids).size, different.length)
    assert.deepEqual(
      different.map((each) => recipeId(structuredClone(each))?.id),
      ids,
    )
  })

  test('names the files of all its parts, and is nothing of what is nested too deeply', () => {
    const both: Recipe = { kind: 'list', items: [read('a.csv'), read('b.csv'), read('a.csv'), range(1)] }
    assert.deepEqual(recipeId(both)?.paths, ['a.csv', 'b.csv'])
    let deep = range(1)
    for (let i = 0; i < 1000; i++) deep = { kind: 'method', of: deep, name: 'persist', args: [] }
    assert.equal(recipeId(deep), undefined)
  })
})
