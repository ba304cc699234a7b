// Several views of one buffer in a value arrive as views of one buffer, as structuredClone gives them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ArgumentWriter, readArguments } from '../../runtime/functions/argumentList.ts'
import { decodeValue, type EncodeOptions, encodeValue } from '../../runtime/functions/valueCodec.ts'

const SHARING: EncodeOptions = { shareFromBytes: 65_536 }
const options: [name: string, options: EncodeOptions | undefined][] = [
  ['to another process', undefined],
  ['between threads', SHARING],
]

/** The views of a value, each with its place in its buffer, and which of them share one. */
function shape(views: readonly ArrayBufferView[]): unknown {
  const buffers = [...new Set(views.map(({ buffer }) => buffer))]
  const first = (view: ArrayBufferView): number =>
    Math.min(...views.filter(({ buffer }) => buffer === view.buffer).map(({ byteOffset }) => byteOffset))
  return views.map((view) => [
    view.constructor.name,
    buffers.indexOf(view.buffer),
    view.byteOffset - first(view),
    view.byteLength,
    Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('base64'),
  ])
}

function filled(bytes: number): ArrayBuffer {
  const buffer = new ArrayBuffer(bytes)
  new Uint32Array(buffer).forEach((_, i, all) => {
    all[i] = i * 2_654_435_761
  })
  return buffer
}

const big = filled(800_000)
const small = filled(1600)
const cases: [title: string, views: ArrayBufferView[]][] = [
  ['two halves', [new Float64Array(big, 0, 50_000), new Float64Array(big, 400_000, 50_000)]],
  [
    'views that overlap',
    [new Float64Array(big, 80, 60_000), new DataView(big, 300_001, 400_000), new Uint8Array(big)],
  ],
  ['the whole, twice', [new Float64Array(big), new Uint8Array(big)]],
  ['parts of a small one', [new Float64Array(small, 0, 100), new Float64Array(small, 800, 100)]],
  ['a part, then the whole of a small one', [new Uint16Array(small, 2, 10), new Uint8Array(small)]],
  [
    'views of two buffers in turn',
    [
      new Uint8Array(big, 5, 200_000),
      new Uint8Array(small, 1),
      new Int8Array(big, 9, 300_000),
      new Int8Array(small, 7),
    ],
  ],
]

for (const [title, views] of cases)
  for (const [where, encode] of options)
    test(`${title}, ${where}`, () => {
      const back = decodeValue(encodeValue(views, encode)) as ArrayBufferView[]
      assert.deepEqual(shape(back), shape(views))
    })

test('a change through one is seen through the other', () => {
  const [a, b] = decodeValue(encodeValue([new Float64Array(big), new Float64Array(big, 8)])) as Float64Array[]
  a[1] = 42
  assert.equal(b[0], 42)
})

test('with the buffer itself, in front of its views or behind them', () => {
  const view = new Float64Array(big, 8, 1000)
  for (const value of [
    [big, view],
    [view, big],
  ] as const) {
    const back = decodeValue(encodeValue(value)) as [Float64Array, ArrayBuffer]
    const buffer = back.find((one): one is never => one instanceof ArrayBuffer)
    const found = back.find((one) => ArrayBuffer.isView(one))
    assert.equal(found?.buffer, buffer)
    assert.equal(found?.byteOffset, 8)
    assert.deepEqual(Buffer.from(buffer!), Buffer.from(big))
  }
})

test('what lies between views far apart is not sent, nor what lies around one alone', () => {
  const apart = encodeValue([new Uint8Array(big, 0, 100), new Uint8Array(big, 700_000, 100)])
  assert.ok(apart.bytes.length < 1000)
  assert.ok(encodeValue([new Uint8Array(big, 0, 5000)]).bytes.length < 6000)
})

test('Buffers of the pool, which have nothing to do with each other, are sent alone', () => {
  const { bytes } = encodeValue([Buffer.from('one'), Buffer.from('two')])
  assert.ok(bytes.length < 100)
})

test('views in an argument list, in Maps and deep in chains', () => {
  const writer = new ArgumentWriter()
  writer.write(['before'])
  const from = writer.length
  let chain: unknown = new Float64Array(big, 400_000, 50_000)
  for (let i = 0; i < 300; i++) chain = { chain }
  writer.write([new Map([['a', new Float64Array(big, 0, 50_000)]]), chain])
  const [map, deep] = readArguments(writer.view().subarray(from)) as [
    Map<string, Float64Array>,
    { chain: unknown },
  ]
  let at: unknown = deep
  while (!(at instanceof Float64Array)) at = (at as { chain: unknown }).chain
  assert.equal(map.get('a')!.buffer, at.buffer)
  assert.deepEqual(shape([map.get('a')!, at]), shape(cases[0][1]))
})
