// Texts with users' code, shown as Markdown.

import assert from 'node:assert/strict'
import test from 'node:test'
import { plainMarkdown } from '../../client/runs/plainMarkdown.ts'

test('code of users is shown as it is, and lines stay lines', () => {
  for (const [text, markdown] of [
    ['plain words, 1 204 of them', 'plain words\\, 1 204 of them'],
    ['a * b * c', 'a \\* b \\* c'],
    ['_kept_.map([x](y))', '\\_kept\\_\\.map\\(\\[x\\]\\(y\\)\\)'],
    ['<img src=x> &amp;', '\\<img src\\=x\\> \\&amp\\;'],
    ['`a`\\n', '\\`a\\`\\\\n'],
    ['one\ntwo', 'one  \ntwo'],
    ['- grün\n# 東京', '\\- grün  \n\\# 東京'],
  ])
    assert.equal(plainMarkdown(text), markdown)
})
