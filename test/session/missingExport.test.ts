// Imports of names that a module does not export: the place and the nearest names.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { missingExportOf } from '../../runtime/session/missingExport.ts'

/** An error as Node throws it, its place in front of the stack. */
function thrown(place: string, message: string): SyntaxError {
  const error = new SyntaxError(message)
  error.stack = `${place}\nimport …\n         ^\nSyntaxError: ${message}\n    at #asyncInstantiate (node:internal)`
  return error
}
const says = (module: string, name: string): string =>
  `The requested module '${module}' does not provide an export named '${name}'`

test('the place of the name and the nearest names are told', () => {
  const source = "import {\n  array,\n  bags as mine,\n} from 'heddle'\n"
  assert.deepEqual(
    missingExportOf(thrown('/home/ada/a.ts:3', says('heddle', 'bags')), () => source, ['array', 'bag']),
    {
      place: { file: '/home/ada/a.ts', line: 3, column: 3 },
      message: "'heddle' exports no 'bags': did you mean 'bag'?",
    },
  )
})

test('of other modules, and of files that cannot be read, the line is told', () => {
  assert.deepEqual(
    missingExportOf(thrown('file:///home/ada/a.ts:2', says('./other.ts', 'sum')), () => undefined, ['sums']),
    { place: { file: '/home/ada/a.ts', line: 2, column: 1 }, message: "'./other.ts' exports no 'sum'" },
  )
  assert.equal(
    missingExportOf(thrown('C:\\ada\\a.ts:2', says('./o.ts', '$x')), () => '\nimport { $x }', [])?.place
      .column,
    10,
  )
})

test('other errors are left as they are', () => {
  for (const error of [undefined, 'x', new Error(says('heddle', 'x')), new SyntaxError('Unexpected token')])
    assert.equal(
      missingExportOf(error, () => '', []),
      undefined,
    )
})
