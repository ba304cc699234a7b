// Errors of kernels come from a worker's process as instances of the classes that the package exports.

import assert from 'node:assert/strict'
import test from 'node:test'
import { Workplace } from './runKit.ts'

test('what a kernel throws in a worker is an instance of its class in the program', async () => {
  await using place = new Workplace({
    'program.ts': `import { array, bag, Client, DTypeError, KeyError, PluckError } from 'heddle'
await using client = await Client.local({ workers: 1, threadsPerWorker: 1 })
const caught = async (run: () => Promise<unknown>): Promise<Error> => {
  try {
    await run()
  } catch (error) {
    return error as Error
  }
  return new Error('nothing was thrown')
}
const say = (error: Error, type: new (...args: never[]) => Error): void =>
  console.log(JSON.stringify([error instanceof type, error instanceof TypeError, error.name, error.message]))
say(await caught(() => bag.fromSequence([{ a: 1 }, {}]).pluck('a' as never).compute()), PluckError)
say(await caught(() => bag.fromSequence([1, 2]).groupBy(() => new Map()).compute()), KeyError)
say(await caught(() => array.arange(4).mapBlocks(() => ['x']).compute()), DTypeError)
`,
  })
  const { code, stdout, stderr } = await place.heddle('run', 'program.ts')
  assert.equal(code, 0, stderr)
  const said = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as [boolean, boolean, string, string])
  assert.deepEqual(
    said.map(([own, parent, name]) => [own, parent, name]),
    [
      [true, true, 'PluckError'],
      [true, true, 'KeyError'],
      [true, true, 'DTypeError'],
    ],
    stdout,
  )
  assert.match(said[0][3], /pluck finds no "a" in an item/)
  assert.match(said[1][3], /an object of class Map cannot be a key/)
  assert.match(said[2][3], /is no element of an array/)
})
