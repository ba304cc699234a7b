// Zstandard unpacked into given memory: what the public function gives, and an error for everything else, again and again.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { zstdCompressSync } from 'node:zlib'
import { unpackPublicly, unpackZstdInto } from '../../runtime/kernels/files/zstdInto.ts'
import { Random } from '../simulation/random.ts'

const bytesOf = (random: Random, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => random.below(1 + random.below(256)))

for (const [name, unpack] of Object.entries({ unpackZstdInto, unpackPublicly })) {
  test(`${name}: bytes of any length, and nothing beside the memory it is given`, () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = new Random(seed)
      const bytes = bytesOf(random, random.below(2) * random.below(20_000))
      const packed = zstdCompressSync(bytes)
      const memory = new Uint8Array(bytes.length + 20).fill(7)
      unpack(packed, memory.subarray(10, 10 + bytes.length))
      assert.deepEqual(memory.subarray(10, 10 + bytes.length), bytes, `seed ${seed}`)
      const beside = [...memory.subarray(0, 10), ...memory.subarray(10 + bytes.length)]
      assert.ok(
        beside.every((byte) => byte === 7),
        `seed ${seed}`,
      )
    }
  })

  test(`${name}: bytes that are cut short, too many, too few or none at all are errors, and the next ones are read`, () => {
    const random = new Random(5)
    const bytes = bytesOf(random, 5000)
    const packed = zstdCompressSync(bytes)
    const broken = new Uint8Array(packed)
    broken.fill(255, 8, 24)
    const calls: (() => void)[] = [
      () => unpack(packed.subarray(0, packed.length - 1), new Uint8Array(5000)),
      () => unpack(packed.subarray(0, 6), new Uint8Array(5000)),
      () => unpack(broken, new Uint8Array(5000)),
      () => unpack(packed, new Uint8Array(4999)),
      () => unpack(packed, new Uint8Array(5001)),
      () => unpack(packed, new Uint8Array(0)),
      () => unpack(new Uint8Array(0), new Uint8Array(10)),
      () => unpack(bytes, new Uint8Array(10)),
      // Node reads the first of several frames alone.
      () => unpack(Buffer.concat([packed, packed]), new Uint8Array(10_000)),
    ]
    for (const [i, call] of calls.entries()) {
      assert.throws(call, Error, `call ${i}`)
      const to = new Uint8Array(5000)
      unpack(packed, to)
      assert.deepEqual(to, bytes, `after call ${i}`)
    }
  })
}
