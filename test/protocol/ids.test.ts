// Keys as text and back, and the refusal of other protocol versions.

import assert from 'node:assert/strict'
import test from 'node:test'
import { digestOfKeyText, hexOf, keyText } from '../../runtime/protocol/ids.ts'
import { PROTOCOL_VERSION, refusalOfVersion } from '../../runtime/protocol/version.ts'

const digest = Uint8Array.from({ length: 16 }, (_, i) => i * 17)

test('a key is its name and 32 hexadecimal digits, and its digest can be read back', () => {
  assert.equal(keyText('inc', digest), 'inc-00112233445566778899aabbccddeeff')
  assert.deepEqual(digestOfKeyText('inc-00112233445566778899aabbccddeeff'), digest)
  assert.deepEqual(digestOfKeyText('my-name-00112233445566778899aabbccddeeff'), digest)
})

test('a name that a user chose stands for itself', () => {
  assert.equal(keyText('my-key', digest, true), 'my-key')
  assert.equal(digestOfKeyText('my-key'), undefined)
  assert.equal(digestOfKeyText('00112233445566778899aabbccddeeff'), undefined)
})

test('a digest inside a column is read at its place', () => {
  const column = new Uint8Array(32)
  column.set(digest, 16)
  assert.equal(hexOf(column, 16), '00112233445566778899aabbccddeeff')
})

test('the same version is welcome, another is refused with both numbers and the way out', () => {
  assert.equal(refusalOfVersion(PROTOCOL_VERSION), undefined)
  assert.equal(
    refusalOfVersion(1, 2),
    'heddle protocol 1 cannot talk to protocol 2: the connecting side is older. Use the same version of heddle on both sides, then restart the cluster.',
  )
  assert.match(refusalOfVersion(3, 2) ?? '', /the scheduler is older/)
})
