// What calls refuse by themselves: options and futures of another kind never reach the cluster.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { annotate, annotatedIdentity, withAnnotations } from '../../runtime/session/annotate.ts'
import { type CallOptions, mergedOptions, splitOptions } from '../../runtime/session/callOptions.ts'
import { UsageError } from '../../runtime/session/errors.ts'
import { Future, FutureBatch, type FutureHolder } from '../../runtime/session/future.ts'
import { requireFutures, requireLimits } from '../../runtime/session/optionKinds.ts'

const refusal = (call: () => unknown): string => {
  try {
    call()
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error))
    return error.message
  }
  return 'taken'
}

test('options of another kind are refused by name', () => {
  const table: [options: object, text: RegExp][] = [
    [{ priority: '1' }, /^priority must be a number, not "1"$/],
    [{ priority: 5000 }, /^priority must be within ±4096/],
    [{ retries: null }, /^retries must be a number, not null$/],
    [{ retries: 0.5 }, /^retries must be a whole number/],
    [{ timeoutMs: Number.POSITIVE_INFINITY }, /^timeoutMs must be a number, not Infinity$/],
    [{ timeoutMs: 0 }, /^timeoutMs must be more than 0/],
    [{ resources: null }, /^resources must be amounts by name, e\.g\. \{ gpu: 1 \}, not null$/],
    [{ resources: ['gpu'] }, /^resources must be amounts by name.*a list$/],
    [{ resources: { gpu: '1' } }, /^resources\.gpu must be a number more than 0 .* not "1"$/],
    [{ resources: { gpu: 2e9 } }, /at most 1000000000, not 2000000000$/],
    [{ workers: [1] }, /^workers must be a list of names or hosts/],
    [{ workers: 'w0' }, /^workers must be a list of names or hosts/],
    [{ allowOtherWorkers: 'yes' }, /^allowOtherWorkers must be true or false, not "yes"$/],
    [{ key: 5 }, /^key must be a text, not 5$/],
    [{ key: '' }, /^key must not be empty$/],
    [{ name: {} }, /^name must be a text, not a value of type object$/],
    [{ pure: 1 }, /^pure must be true or false, not 1$/],
    [{ signal: {} }, /^signal must be an AbortSignal, not a value of type object$/],
    [{ wrong: 1 }, /^there is no option "wrong": priority, /],
    [[], /^options stand in an object, e\.g\. \{ retries: 2 \}, not a list$/],
  ]
  for (const [options, text] of table)
    assert.match(
      refusal(() => splitOptions(options as CallOptions)),
      text,
    )
  assert.match(
    refusal(() => splitOptions(null as unknown as CallOptions)),
    /not null$/,
  )
})

test('an option that is undefined hides none of an outer one', () => {
  const outer = splitOptions({ priority: 3, key: 'k' })
  assert.deepEqual(mergedOptions(outer, splitOptions({ priority: undefined, key: undefined })), outer)
  annotate({ priority: 3, key: 'k', pure: false }, () =>
    annotate({ priority: undefined, key: undefined }, () => {
      assert.deepEqual(withAnnotations(splitOptions({ priority: undefined }).task), { priority: 3 })
      assert.deepEqual(annotatedIdentity(), { key: 'k', pure: false })
    }),
  )
})

test('a block takes no options of calls, and needs a function', () => {
  const block = (options: object, work?: unknown): string =>
    refusal(() => (annotate as (options: object, work: unknown) => unknown)(options, work))
  assert.match(
    block({ name: 'a' }, () => 1),
    /^name is an option of calls, not of blocks/,
  )
  assert.match(
    block({ signal: AbortSignal.abort() }, () => 1),
    /^signal is an option of calls/,
  )
  assert.match(block({ retries: 1 }), /^annotate needs a function behind its options$/)
})

test('limits of waits', () => {
  for (const timeoutMs of [-1, Number.NaN, '5', null])
    assert.match(
      refusal(() => requireLimits('wait', { timeoutMs })),
      /^timeoutMs of wait must be a number ≥ 0/,
    )
  for (const timeoutMs of [0, 1e12, Number.POSITIVE_INFINITY, undefined])
    assert.equal(
      refusal(() => requireLimits('wait', { timeoutMs })),
      'taken',
    )
  assert.match(
    refusal(() => requireLimits('wait', { signal: 'stop' })),
    /^signal must be an AbortSignal, not "stop"$/,
  )
})

test('only futures are waited for', () => {
  const batch = new FutureBatch({ release: () => {} } as unknown as FutureHolder, 1, 2)
  const one = new Future(batch, 1)
  assert.deepEqual(requireFutures('wait', one), [one])
  assert.deepEqual(requireFutures('wait', new Set([one])), [one])
  const wrong = (given: unknown): string => refusal(() => requireFutures('wait', given as Future))
  assert.match(wrong(undefined), /^wait needs futures, not undefined$/)
  assert.match(wrong({}), /^wait needs futures, not a value of type object$/)
  assert.match(wrong([one, 1]), /^wait needs futures, and among them is 1$/)
})
