// The public names of the package: a change here is a change for every user, so it is made on purpose.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as heddle from '../../runtime/index.ts'

const methodsOf = (type: { prototype: object }): string[] =>
  Object.getOwnPropertyNames(type.prototype)
    .filter((name) => name !== 'constructor')
    .sort()

test('what `import … from "heddle"` gives', () => {
  assert.deepEqual(Object.keys(heddle).sort(), [
    'ArrayArgumentError',
    'BagArgumentError',
    'BoundOptions',
    'CancelledError',
    'CannotTravelError',
    'ChunksError',
    'Client',
    'ClosedError',
    'ConnectError',
    'DTypeError',
    'DataFrame',
    'DataTypeError',
    'DatasetError',
    'DelayedUseError',
    'DrawingError',
    'DuplicateColumnError',
    'Expr',
    'ExpressionError',
    'ExpressionTypeError',
    'FileChangedError',
    'FileError',
    'FileFormatError',
    'FilesThereError',
    'Future',
    'HostError',
    'KeyError',
    'LostError',
    'MissingColumnError',
    'NdArray',
    'NoFilesError',
    'NotACollectionError',
    'OptionError',
    'PluckError',
    'ProfileError',
    'RefusedError',
    'SchemaMismatchError',
    'ShapeError',
    'SlurmError',
    'SshError',
    'Table',
    'TableArgumentError',
    'TaskFailedError',
    'TaskOptionError',
    'UsageError',
    'WaitTimeoutError',
    'annotate',
    'array',
    'asCompleted',
    'bag',
    'coalesce',
    'col',
    'compute',
    'currentTask',
    'dataframe',
    'delayed',
    'fireAndForget',
    'fromWorker',
    'isDelayed',
    'len',
    'lit',
    'memoryFiles',
    'ml',
    'onWorker',
    'optimize',
    'perWorker',
    'persist',
    'progress',
    'struct',
    'toWorker',
    'visualize',
    'wait',
    'when',
  ])
})

test('what a client can do', () => {
  assert.deepEqual(methodsOf(heddle.Client), [
    'adapt',
    'address',
    'cancel',
    'close',
    'closed',
    'clusterId',
    'compute',
    'dashboardUrl',
    'dataset',
    'datasets',
    'dumpState',
    'explain',
    'gather',
    'info',
    'jobs',
    'map',
    'persist',
    'publish',
    'rebalance',
    'replicate',
    'retry',
    'scale',
    'scatter',
    'story',
    'submit',
    'unpublish',
    'with',
  ])
  assert.deepEqual(
    Object.getOwnPropertyNames(heddle.Client).filter(
      (name) => !['length', 'name', 'prototype'].includes(name),
    ),
    ['local', 'ssh', 'slurm', 'connect'],
  )
  assert.equal(typeof heddle.Client.prototype[Symbol.asyncDispose], 'function')
  assert.deepEqual(methodsOf(heddle.BoundOptions), ['map', 'submit', 'with'])
})

test('what a future can do; it is no promise', () => {
  assert.deepEqual(methodsOf(heddle.Future), [
    'cancel',
    'done',
    'exception',
    'key',
    'release',
    'result',
    'retry',
    'status',
    'toString',
  ])
  assert.equal(typeof heddle.Future.prototype[Symbol.dispose], 'function')
})
