// A full disk is told once, however many values find no room and however many small ones fit between.

import assert from 'node:assert/strict'
import test from 'node:test'
import { ToldOnce } from '../../runtime/host/toldOnce.ts'

test('the same failure is told once, while smaller values still fit', () => {
  const told = new ToldOnce()
  assert.equal(told.failed('the disk is full', 1000), true)
  for (let value = 0; value < 100; value++) {
    told.wrote(10)
    assert.equal(told.failed('the disk is full', 1000 + value), false)
  }
})

test('it is told again when as much as had failed was written in between', () => {
  const told = new ToldOnce()
  told.failed('the disk is full', 1000)
  told.failed('the disk is full', 400)
  told.wrote(399)
  assert.equal(told.failed('the disk is full', 1000), false)
  told.wrote(400)
  assert.equal(told.failed('the disk is full', 1000), true)
})

test('another failure is told', () => {
  const told = new ToldOnce()
  told.failed('the disk is full', 1000)
  assert.equal(told.failed('it is read-only', 1), true)
  assert.equal(told.failed('it is read-only', 1), false)
})
