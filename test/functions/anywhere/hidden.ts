// Values whose content the language hides: weak collections, Blobs, buffers that grow.

import assert from 'node:assert/strict'
import { Client } from 'heddle'
import { asHere } from './asHere.ts'
import { check } from './check.ts'

const client = await Client.local()
const { same } = asHere(client)
const scale = await Promise.resolve(3)

const key = { name: 'k' }
const other = () => scale
const registry = new WeakMap<object, unknown>()
registry.set(key, 41)
registry.set(other, { nested: key })
registry.set({ nobody: 'can ask for it' }, process.stdout)
await same('a WeakMap that the module fills', () => [
  registry.get(key),
  registry.get(other),
  registry.has({}),
])
await same('what is not asked for stays here', () => registry.get(key))
const chain = new WeakMap<object, object>()
const [first, second, third] = [{ n: 1 }, { n: 2 }, { n: 3 }]
chain.set(second, third).set(first, second)
await same('entries whose keys come by other entries', () => chain.get(chain.get(first)!))
const marked = new WeakSet<object>([key])
await same('a WeakSet', () => [marked.has(key), marked.has(first)])
const memo = new WeakMap<object, number>()
const size = (value: object): number => {
  if (!memo.has(value)) memo.set(value, Object.keys(value).length)
  return memo.get(value)!
}
size({ here: 1 })
await same('a WeakMap that functions fill as a memo', () => size({ a: 1, b: 2 }))
await check('the same entries make the same task', async () => {
  const of = (): string =>
    client.submit((map: WeakMap<object, unknown>, at: object) => map.get(at), map, at).key
  const at = { x: 1 }
  const map = new WeakMap<object, unknown>([[at, 1]])
  const once = of()
  map.set({ y: 2 }, 3)
  assert.equal(of(), once)
  map.set(at, 2)
  assert.notEqual(of(), once)
})
await check('a WeakMap comes back with what came beside it', async () => {
  const made = client.submit(() => {
    const at = { x: scale }
    return { at, map: new WeakMap([[at, 'here']]) }
  })
  const { at, map } = await made.result()
  assert.equal(map.get(at), 'here')
})

const text = new Blob(['hello ', new Uint8Array([119])], { type: 'text/plain' })
await same('a Blob', async () => [await text.text(), text.type, text.size, text instanceof File])
const note = new File(['x'.repeat(100_000)], 'note.txt', { type: 'text/html', lastModified: 5 })
await same(
  'a File',
  async (file: File) => [file.name, file.lastModified, file.type, (await file.text()).length],
  note,
)
await check('a Blob comes back', async () => {
  const made = (await client.submit(() => new Blob(['a', 'b'])).result()) as Blob
  assert.equal(await made.text(), 'ab')
})

const grows = new ArrayBuffer(8, { maxByteLength: 64 })
new Uint8Array(grows)[7] = 5
await same('a buffer that can grow', () => {
  const before = [grows.resizable, grows.byteLength, grows.maxByteLength, new Uint8Array(grows)[7]]
  const copy = structuredClone(grows)
  copy.resize(16)
  return [...before, copy.byteLength]
})
const views = {
  tracking: new Uint8Array(grows, 2),
  fixed: new Uint8Array(grows, 4, 4),
  pairs: new Uint16Array(grows, 4),
  data: new DataView(grows, 1),
}
await check('views of it that grow with it, and those that do not', async () => {
  const lengths = client.submit((given: typeof views) => {
    const { tracking, fixed, pairs, data } = structuredClone(given)
    const buffer = tracking.buffer as ArrayBuffer
    const isOne = [fixed, pairs, data].every((view) => view.buffer === buffer)
    buffer.resize(32)
    return [isOne, tracking.length, fixed.length, pairs.length, data.byteLength]
  }, views)
  assert.deepEqual(await lengths.result(), [true, 30, 4, 14, 31])
})
const full = new ArrayBuffer(4, { maxByteLength: 4 })
await check('the same of one that is as long as it can be', async () => {
  const lengths = client.submit(
    (tracking: Uint8Array, fixed: Uint8Array) => {
      const copy = structuredClone([tracking, fixed])
      for (const { buffer } of copy) (buffer as ArrayBuffer).resize(3)
      return copy.map((view) => view.length)
    },
    new Uint8Array(full),
    new Uint8Array(full, 0, 4),
  )
  assert.deepEqual(await lengths.result(), [3, 0])
})
await client.close()
