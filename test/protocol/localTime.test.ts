// Moments of stories by the reader's clock.

import assert from 'node:assert/strict'
import test from 'node:test'
import { withLocalTime } from '../../runtime/protocol/localTime.ts'

test("a line's moment is told by the reader's clock, and nothing else of it is changed", () => {
  for (const [line, timeZone, said] of [
    ['2026-03-01T09:30:01.204Z could run', 'UTC', '09:30:01.204 could run'],
    ['2026-03-01T09:30:01.204Z could run', 'Europe/Oslo', '10:30:01.204 could run'],
    ['2026-07-01T09:30:01.204Z could run', 'Europe/Oslo', '11:30:01.204 could run'],
    ['2026-03-01T20:00:00.000Z could run', 'Asia/Kolkata', '01:30:00.000 could run'],
    ['1970-01-01T00:00:00.000Z came', 'UTC', '00:00:00.000 came'],
    ['run 1 on w1 failed: Error: no', 'UTC', 'run 1 on w1 failed: Error: no'],
    ['read 2026-03-01T09:30:01.204Z of it', 'UTC', 'read 2026-03-01T09:30:01.204Z of it'],
    ['2026-03-01T09:30:01.204Z', 'UTC', '2026-03-01T09:30:01.204Z'],
    ['', 'UTC', ''],
  ])
    assert.equal(withLocalTime(line, timeZone), said)
})
