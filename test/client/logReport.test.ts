// The cluster's log as it is read: a table whose texts are shown as they are.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { logReport, plainText } from '../../client/reports/logReport.ts'

const time = (ms: number): string => `00:00:0${ms / 1000}`

test('each line has its time, and its level where that is more than news', () => {
  const lines = logReport(
    [
      { atMs: 1000, level: 'info', text: 'worker w0 joined: process 7' },
      { atMs: 2000, level: 'error', text: 'a message failed:\n  at <anonymous> | a_b\n' },
    ],
    time,
  )
  assert.deepEqual(lines, [
    ...['# Log of the cluster', '', '| time | the latest first |', '| --- | --- |'],
    '| 00:00:02 | **error** a message failed:<br>  at \\<anonymous\\> \\| a\\_b |',
    '| 00:00:01 | worker w0 joined: process 7 |',
  ])
})

test('of a cluster that wrote nothing it is said', () => {
  assert.deepEqual(logReport([], time).at(-1), 'Nothing was written.')
})

test('text that is shown as it is: no mark of Markdown stays one', () => {
  assert.equal(
    plainText('`a` *b* [c](d) &lt; #1 ~x~ \\'),
    '\\`a\\` \\*b\\* \\[c\\](d) \\&lt; \\#1 \\~x\\~ \\\\',
  )
})
