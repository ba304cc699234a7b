// When a kept cluster ends: windows come and go on a clock that is an argument.

import assert from 'node:assert/strict'
import test from 'node:test'
import { firstPresence, msToEnd, nextPresence, type PresenceEvent } from '../../client/keeper/presence.ts'

const GRACE_MS = 20_000

/** Plays events at their times, and tells how long the cluster has left at `nowMs`. */
function left(
  events: [atMs: number, event: PresenceEvent][],
  nowMs: number,
  keep = false,
): number | undefined {
  let presence = firstPresence(keep, 0)
  for (const [atMs, event] of events) presence = nextPresence(presence, event, atMs)
  return msToEnd(presence, GRACE_MS, nowMs)
}

test('a cluster whose window never comes ends after the grace', () => {
  assert.equal(left([], 5000), 15_000)
  assert.equal(left([], 30_000), 0)
})

test('a cluster stays while a window is there, however many left', () => {
  const events: [number, PresenceEvent][] = [
    [100, { kind: 'came' }],
    [200, { kind: 'came' }],
    [300, { kind: 'left' }],
  ]
  assert.equal(left(events, 1e9), undefined)
})

test('a reload leaves it alone for a moment, and it stays', () => {
  const events: [number, PresenceEvent][] = [
    [100, { kind: 'came' }],
    [1000, { kind: 'left' }],
  ]
  assert.equal(left(events, 4000), 17_000)
  assert.equal(left([...events, [4000, { kind: 'came' }]], 1e9), undefined)
})

test('a cluster that was told to stay does so without any window, until it is let go', () => {
  const events: [number, PresenceEvent][] = [
    [100, { kind: 'came' }],
    [200, { kind: 'said', keep: true }],
    [300, { kind: 'left' }],
  ]
  assert.equal(left(events, 1e9), undefined)
  assert.equal(left([...events, [400, { kind: 'said', keep: false }]], 300), 20_000)
})

test('a start that takes longer than the grace leaves the window its time to come', () => {
  assert.equal(left([[30_000, { kind: 'ready' }]], 30_000), 20_000)
  const early: [number, PresenceEvent][] = [
    [100, { kind: 'came' }],
    [30_000, { kind: 'ready' }],
  ]
  assert.equal(left(early, 1e9), undefined)
})
