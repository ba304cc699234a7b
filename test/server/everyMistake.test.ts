// The file that holds every mistake: what is found in it, which the editor's own test then sees in the real VS Code.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { lookAt } from '../../server/diagnose/look.ts'
import { Subject } from '../../server/knowledge/subject.ts'
import { FileMetadata } from '../../server/metadata/fileFacts.ts'
import { ProjectModules } from '../../server/project/modules.ts'
import { EVERY_MISTAKE } from '../editor/everyMistake.ts'

const FOLDER = join(import.meta.dirname, '../fixtures/editor')

test('every mistake is found once, in its line, with its fix', async () => {
  const file = join(FOLDER, 'everyMistake.ts')
  const text = readFileSync(file, 'utf8')
  const subject = Subject.of(file, text, new ProjectModules(() => undefined))
  assert.ok(subject)
  const [look, metadata] = [lookAt(subject), new FileMetadata()]
  const ofFiles = await look.ofFiles(({ paths, format }) => metadata.of(paths, format, FOLDER))
  const findings = [...look.findings, ...ofFiles].sort((a, b) => a.start - b.start)
  assert.deepEqual(
    findings.map(({ code, start, fix }) => ({
      code,
      line: text.slice(text.lastIndexOf('\n', start) + 1, text.indexOf('\n', start)).trim(),
      ...(fix && { fix: fix.title }),
    })),
    EVERY_MISTAKE.map(({ code, line, fix }) => ({ code, line, ...(fix && { fix }) })),
  )
  for (const [i, { fix }] of findings.entries()) {
    if (!fix) continue
    const after = fix.edits
      .toSorted((a, b) => b.start - a.start)
      .reduce((now, edit) => now.slice(0, edit.start) + edit.text + now.slice(edit.end), text)
    assert.ok(after.includes(EVERY_MISTAKE[i].fixed ?? ''), `${fix.title} makes ${after}`)
  }
})
