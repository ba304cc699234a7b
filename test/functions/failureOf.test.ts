// Errors of tasks as data, and back.

import assert from 'node:assert/strict'
import test from 'node:test'
import { CannotTravelError } from '../../runtime/functions/cannotTravel.ts'
import {
  errorOf,
  failureOf,
  TaskFailedError,
  userFrames,
  userPlace,
} from '../../runtime/functions/failureOf.ts'
import { ShapeError } from '../../runtime/kernels/array/shape.ts'
import { FileFormatError } from '../../runtime/kernels/files/fileErrors.ts'
import { kernelNames } from '../../runtime/kernels/kernel.ts'

const STACK = `RangeError: far
    at boom (file:///home/ann/proj/helpers.ts:14:20)
    at Array.map (<anonymous>)
    at /home/ann/proj/a b.ts:3:7
    at async Promise.all (index 0)
    at chunk (/home/ann/proj/node_modules/lodash/lodash.js:6:1)
    at run (node:internal/x:1:1)
    at task (file:///tmp/modules/main.task-3.0123456789abcdef.mjs:1:1)
    at new Thing (C:\\work\\thing.ts:5:2)`

test("the places of a stack in the user's own files, the innermost first", () => {
  const frames = userFrames(STACK)
  assert.deepEqual(frames.slice(0, 2), [
    { file: '/home/ann/proj/helpers.ts', line: 14, column: 20 },
    { file: '/home/ann/proj/a b.ts', line: 3, column: 7 },
  ])
  assert.deepEqual(userPlace(STACK), frames[0])
  assert.equal(userPlace('Error: x\n    at node:internal/a:1:1'), undefined)
})

test("a failure keeps the user's frames and packages', in order, without Node's and ours", () => {
  const error = Object.assign(new RangeError('far'), { code: 'E_FAR', stack: STACK })
  const failure = failureOf(error, { key: 'f-1', worker: 'w1' })
  const { stack, error: encoded, ...rest } = failure
  assert.deepEqual(rest, {
    kind: 'threw',
    name: 'RangeError',
    message: 'far',
    place: { file: '/home/ann/proj/helpers.ts', line: 14, column: 20 },
    key: 'f-1',
    worker: 'w1',
  })
  assert.deepEqual(
    stack.split('\n').slice(0, 4),
    [0, 1, 3, 5].map((line) => STACK.split('\n')[line]),
  )
  assert.ok(encoded)
  const back = errorOf(failure) as RangeError & { code: string; key: string; failure: object }
  assert.ok(back instanceof RangeError)
  assert.deepEqual([back.message, back.code, back.key, back.failure], ['far', 'E_FAR', 'f-1', failure])
  assert.equal(back.stack, `${stack}\n    in task f-1 on worker w1`)
})

test('a refusal stays a refusal', () => {
  const place = { file: '/a.ts', line: 1, column: 2 }
  const failure = failureOf(new CannotTravelError('no', { path: 'a.b', place, remedy: 'do' }), { key: 'k' })
  assert.deepEqual([failure.kind, failure.place], ['cannot-travel', place])
  const back = errorOf(failure) as unknown as CannotTravelError
  assert.ok(back instanceof CannotTravelError)
  assert.deepEqual([back.path, back.variable, back.remedy], ['a.b', 'a', 'do'])
})

test('what is no Error is told as what it is', () => {
  const texts = ['text', 5, undefined, null, { a: 1 }, [1], Symbol('s')].map(
    (thrown) => failureOf(thrown, { key: 'k' }).message,
  )
  assert.deepEqual(texts, [
    'a task threw "text", which is no Error',
    'a task threw 5, which is no Error',
    'a task threw undefined, which is no Error',
    'a task threw null, which is no Error',
    'a task threw a value of class Object, which is no Error',
    'a task threw a value of class Array, which is no Error',
    'a task threw Symbol(s), which is no Error',
  ])
})

test('what was thrown and is no Error is the cause of the error that its reader gets', () => {
  const thrown = { _tag: 'NotFound', id: 5 }
  const error = errorOf(failureOf(thrown, { key: 'k' }))
  assert.ok(error instanceof TaskFailedError)
  assert.deepEqual(error.cause, thrown)
})

test('a failure without an error of its own becomes one that names its kind', () => {
  const error = errorOf({
    kind: 'workers-died',
    name: 'Error',
    message: 'three workers died',
    stack: '',
    key: 'f-2',
  })
  assert.deepEqual(
    [error.name, error.message, (error as unknown as { kind: string }).kind],
    ['TaskFailedError', 'three workers died', 'workers-died'],
  )
  assert.equal(error.stack, 'Error: three workers died\n    in task f-2')
})

test('an error that holds what cannot travel is still told', () => {
  const failure = failureOf(Object.assign(new Error('held'), { promise: Promise.resolve() }), { key: 'k' })
  assert.equal(failure.error, undefined)
  assert.equal(errorOf(failure).message, 'held')
})

test("causes are told by the user's frames alone, through circles too", () => {
  const cause = Object.assign(new TypeError('why'), {
    stack: STACK.replace('RangeError: far', 'TypeError: why'),
  })
  const error = new AggregateError([Object.assign(new Error('one'), { stack: STACK })], 'many', { cause })
  cause.cause = error
  const back = errorOf(failureOf(error, { key: 'f-3' })) as Error as AggregateError
  for (const inner of [back.cause as Error, back.errors[0] as Error])
    assert.doesNotMatch(inner.stack!, /node:internal|main\.task-3/)
  assert.match((back.cause as Error).stack!, /^TypeError: why\n {4}at boom \(.*helpers\.ts:14:20\)\n/)
})

test("a failure that names no line of the user's in its stack says where it was asked for", () => {
  const failure = {
    ...failureOf('text', { key: 'k' }),
    place: { file: '/home/ann/a.ts', line: 3, column: 7 },
  }
  assert.equal(
    errorOf(failure).stack,
    'Error: a task threw "text", which is no Error\n    at /home/ann/a.ts:3:7\n    in task k',
  )
})

test("a refusal finds the line of the user's behind more frames of ours than V8 keeps", () => {
  const deep = (depth: number): CannotTravelError =>
    depth > 0 ? deep(depth - 1) : new CannotTravelError('no')
  const { stackTraceLimit } = Error
  const { stack } = (() => deep(30))()
  assert.equal(stack!.match(/failureOf\.test\.ts/g)?.length, (stack!.match(/ at deep/g)?.length ?? 0) + 2)
  assert.equal(stack!.match(/ at deep/g)?.length, 31)
  assert.equal(Error.stackTraceLimit, stackTraceLimit)
})

test('a failure tells what the function was given, in a few words, and the one item where a kernel knows it', () => {
  const inputs = (error: unknown, given?: unknown[]): string[] | undefined =>
    failureOf(error, { key: 'k', given }).inputs
  assert.deepEqual(inputs(new Error('no'), [3, 'text', [1, 2, 3, 4, 5, 6, 7], { a: { b: { c: 1 } } }]), [
    '3',
    "'text'",
    '[ 1, 2, 3, 4, 5, ... 2 more items ]',
    '{ a: { b: [Object] } }',
  ])
  assert.equal(inputs(new Error('no')), undefined)
  assert.equal(inputs(new Error('no'), ['x'.repeat(1000)])?.[0].length, 125)
  assert.equal(inputs(new Error('no'), new Array(20).fill(1))?.length, 8)
  const ofItem = new Error('no')
  Object.defineProperty(ofItem, Symbol.for('heddle.failedItem'), { value: [{ n: 1 }], enumerable: false })
  assert.deepEqual(inputs(ofItem, ['the plan of the kernel']), ['{ n: 1 }'])
})

test('errors of our own kernels are of the same class at both ends, where both name it', () => {
  const reader = { decodeOptions: () => ({ kernels: kernelNames }) }
  for (const Class of [ShapeError, FileFormatError]) {
    // As a worker sends it: only the class matters here, not how it is made.
    const thrown = Object.assign(Object.create(Class.prototype) as Error, { path: '/a' })
    Object.defineProperty(thrown, 'message', { value: 'no' })
    const named = errorOf(failureOf(thrown, { key: 'k', kernels: kernelNames }), reader)
    assert.ok(named instanceof Class)
    assert.deepEqual([named.message, named.key, Reflect.get(named, 'path')], ['no', 'k', '/a'])
    assert.ok(!(errorOf(failureOf(thrown, { key: 'k' }), reader) instanceof Class), 'the name does it')
  }
})
