// What the user is asked before a language model's run.

import assert from 'node:assert/strict'
import test from 'node:test'
import { questionOf } from '../../client/languageModel/words.ts'

test('the question names line and file, and shows the line where there is one', () => {
  const question =
    'Run the computation in line 11 of a.ts, and the statements above it that it needs, on the cluster of this window?'
  assert.equal(questionOf('a.ts', 11, 'await b.compute()'), `${question}\n\n    await b.compute()`)
  for (const code of [undefined, '']) assert.equal(questionOf('a.ts', 11, code), question)
})
