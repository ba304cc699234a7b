// What VS Code sent while a program was written in it (`test/editor/recordTyping.ts` records it).

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { TextDocument } from 'vscode-languageserver-textdocument'
import type { Change } from './typing.ts'

const RECORDED = join(import.meta.dirname, '../fixtures/typing/recorded.jsonl')

/** From line, from character, to line, to character (from 0), and the text that is put there. */
export type RecordedPart = [number, number, number, number, string]

/** The parts of each change, as they were sent. */
export function recordedParts(): RecordedPart[][] {
  const lines = readFileSync(RECORDED, 'utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as RecordedPart[])
}

/** The same, each part by its offsets in the text that those before it have made of an empty file. */
export function* recordedChanges(): Generator<Change[]> {
  let text = ''
  for (const parts of recordedParts())
    yield parts.map(([line, character, endLine, endCharacter, given]) => {
      const met = TextDocument.create('file:///recorded.ts', 'typescript', 0, text)
      const start = met.offsetAt({ line, character })
      const end = met.offsetAt({ line: endLine, character: endCharacter })
      text = text.slice(0, start) + given + text.slice(end)
      return { start, end, text: given }
    })
}
