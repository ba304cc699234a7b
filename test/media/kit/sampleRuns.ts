// Runs as a session would report them: a table, a tree, a text, one that failed, one still going.

import type { FeedMessage } from '../../../runtime/protocol/feed.ts'
import type { DisplayNode, RunEvent } from '../../../runtime/protocol/runs.ts'

const FILE = '/home/ada/flights/analysis.ts'

/** Events of one run as feed messages. */
export function runMessages(
  run: string,
  startedMs: number,
  label: string,
  events: RunEvent[],
): FeedMessage[] {
  const started: RunEvent = { kind: 'started', pid: 4711, atMs: startedMs, label, file: FILE }
  return [started, ...events].map((event, sequence) => ({ type: 'run-event', run, sequence, event }))
}

const CARRIERS = ['AA', 'AS', 'B6', 'DL', 'EV', 'F9', 'HA', 'MQ', 'NK', 'OO', 'UA', 'VX', 'WN', 'YV']

export function tableEvents(rows: number): RunEvent[] {
  return [
    {
      kind: 'result',
      line: `${rows} rows`,
      durationMs: 2140,
      display: {
        kind: 'table',
        columns: ['carrier', 'airport', 'flights', 'meanDelay', 'cancelled'],
        numeric: [false, false, true, true, true],
        rows: Array.from({ length: rows }, (_, i) => [
          CARRIERS[i % CARRIERS.length],
          ['ATL', 'ORD', 'DFW', 'DEN', 'LAX', 'SFO', 'PHX'][i % 7],
          ((i * 7919) % 98_317).toLocaleString('en'),
          (((i * 104_729) % 4000) / 100 - 4).toFixed(2),
          `${(((i * 31) % 500) / 100).toFixed(2)}%`,
        ]),
        totalRows: rows * 10,
      },
    },
    { kind: 'output', stream: 'stdout', text: 'reading 11 row groups\n3,000,000 flights\n' },
    { kind: 'ended', exitCode: 0, reason: 'finished', durationMs: 2310 },
  ]
}

/** Waves on 12 days, over 60 × 90 places. */
export function arrayEvents(): RunEvent[] {
  const shape = [12, 60, 90]
  const value = (day: number, y: number, x: number): number =>
    (x - 45) ** 2 + (y - 30) ** 2 > 900
      ? Number.NaN
      : 15 + 10 * Math.sin((x + 7 * day) / 9) * Math.cos(y / 11)
  const all = Float64Array.from({ length: 12 * 60 * 90 }, (_, i) =>
    value(Math.floor(i / 5400), Math.floor(i / 90) % 60, i % 90),
  )
  const counts = Array.from({ length: 60 }, (_, i) => Math.round(900 * Math.exp(-(((i - 30) / 12) ** 2))))
  return [
    {
      kind: 'result',
      line: 'array(12 × 60 × 90)',
      durationMs: 640,
      display: {
        kind: 'array',
        dtype: 'float64',
        shape,
        steps: [1, 1, 1],
        values: new Uint8Array(all.buffer),
        figures: { min: 5, max: 25, mean: 15.02, missing: 31_000, counts },
        text: 'array([[[nan, nan, …]]])',
      },
    },
    { kind: 'ended', exitCode: 0, reason: 'finished', durationMs: 700 },
  ]
}

export function treeEvents(): RunEvent[] {
  const leaf = (label: string, text: string, type: DisplayNode['type']): DisplayNode => ({
    label,
    text,
    type,
  })
  return [
    {
      kind: 'result',
      line: '{ total: 3000000, … }',
      durationMs: 812,
      display: {
        kind: 'tree',
        cut: false,
        value: {
          text: 'Object',
          type: 'object',
          children: [
            leaf('total', '3000000', 'number'),
            leaf('source', '"flights-3m.parquet"', 'string'),
            leaf('complete', 'true', 'boolean'),
            leaf('note', 'null', 'null'),
            leaf('computedAt', '2026-01-15T09:30:00.000Z', 'date'),
            {
              label: 'worst',
              text: 'Array(3)',
              type: 'array',
              children: ['JFK', 'EWR', 'ORD'].map((code, i) => ({
                label: String(i),
                text: 'Object',
                type: 'object',
                children: [leaf('airport', `"${code}"`, 'string'), leaf('delay', String(24.1 - i), 'number')],
              })),
            },
          ],
        },
      },
    },
    { kind: 'ended', exitCode: 0, reason: 'finished', durationMs: 930 },
  ]
}

export function failedEvents(): RunEvent[] {
  const place = { file: FILE, line: 31, column: 17 }
  return [
    { kind: 'output', stream: 'stdout', text: 'reading 11 row groups\n' },
    { kind: 'output', stream: 'stderr', text: 'warning: 3 rows without a carrier\n' },
    {
      kind: 'failed',
      failure: {
        name: 'RangeError',
        message: 'a delay of -9999 minutes cannot be right',
        stack:
          'RangeError: a delay of -9999 minutes cannot be right\n    at checkDelay (analysis.ts:31:17)\n    at parseFlight (analysis.ts:12:9)\n    at lane (worker loom-02)',
        place,
        frames: [place, { file: FILE, line: 12, column: 9 }],
        task: {
          kind: 'threw',
          name: 'RangeError',
          message: 'a delay of -9999 minutes cannot be right',
          stack: '',
          key: 'parseFlight-00112233445566778899aabbccddeeff',
          worker: 'loom-02',
          place,
        },
      },
    },
    { kind: 'ended', exitCode: 1, reason: 'failed', durationMs: 1204 },
  ]
}

export function goingEvents(): RunEvent[] {
  const site = { site: 1, method: 'compute', place: { file: FILE, line: 24, column: 11 } }
  return [
    { kind: 'computing', site, total: 307_429 },
    {
      kind: 'progress',
      site: 1,
      total: 307_429,
      finished: 121_044,
      running: 16,
      erred: 0,
      perSecond: 19_800,
    },
  ]
}
