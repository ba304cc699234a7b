// When memory that was given up counts as returned: once every thread has collected its garbage.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAIN, Returning } from '../../runtime/host/returning.ts'

test('what was given up has returned when all threads have collected', () => {
  const returning = new Returning()
  const wave = returning.begin(2, 40)
  assert.equal(returning.collected(0, wave), undefined)
  assert.equal(returning.collected(0, wave), undefined, 'twice is once')
  assert.equal(returning.collected(MAIN, wave), undefined)
  assert.equal(returning.isUnderWay, true)
  assert.equal(returning.collected(1, wave), 40)
  assert.equal(returning.isUnderWay, false)
})

test('one wave at a time: what is given up during one waits for the next', () => {
  const returning = new Returning()
  const first = returning.begin(1, 40)
  assert.equal(returning.begin(1, 70), first)
  returning.collected(MAIN, first)
  assert.equal(returning.collected(0, first), 40)
  const second = returning.begin(1, 30)
  assert.notEqual(second, first)
  assert.equal(returning.collected(0, first), undefined, 'an answer to the first says nothing of the second')
})

test('a thread that ends has let go of everything', () => {
  const returning = new Returning()
  const wave = returning.begin(1, 40)
  returning.collected(MAIN, wave)
  assert.equal(returning.ended(0), 40)
  assert.equal(returning.ended(0), undefined)
})

test('what is left after a wave is in use: only what comes to stand about later may return', () => {
  const returning = new Returning()
  assert.equal(returning.bytes(50), 50)
  const wave = returning.begin(1, 0)
  assert.equal(returning.bytes(50), 50)
  returning.collected(MAIN, wave)
  returning.collected(0, wave)
  returning.over(30)
  assert.equal(returning.bytes(30), 0)
  assert.equal(returning.bytes(45), 15)
  assert.equal(returning.bytes(10), 0)
  assert.equal(returning.bytes(30), 20, 'some of it was let go of meanwhile')
})
