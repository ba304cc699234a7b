// A person's typing, replayed keystroke by keystroke: every answer after each of them is there, fits the text, and is none of an older one.

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { TypedDocument } from './everyKeystroke.ts'
import { recordedChanges } from './recordedTyping.ts'
import { Hand, stepsOf } from './typing.ts'

/** Computations of the program that was recorded, in the end. */
const RECORDED_LENSES = 5
const TRACES = join(import.meta.dirname, '../fixtures/typing')

describe('typing', () => {
  let folder: string

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-typing-'))
    writeFileSync(join(folder, 'flights.csv'), 'origin,delay,distance\nHAM,3,100\n')
  })
  after(() => rmSync(folder, { recursive: true }))

  for (const name of readdirSync(TRACES).filter((each) => each.endsWith('.trace')))
    test(`${name}: every answer after every keystroke`, async (t) => {
      const typed = new TypedDocument(join(folder, 'main.ts'), folder)
      const hand = new Hand()
      for (const step of stepsOf(readFileSync(join(TRACES, name), 'utf8'))) {
        const where = `${name}:${step.line}`
        for (const change of hand.edits(step, () => typed.text)) {
          try {
            await typed.change([change], hand.cursor)
          } catch (error) {
            const after = `${where}, after keystroke ${typed.keystrokes}: ${JSON.stringify(typed.text)}`
            throw new Error(after, { cause: error })
          }
        }
        if (step.text === '?') continue
        switch (step.verb) {
          case 'lenses': {
            const { computations } = typed.document.facts
            assert.equal(computations.length, Number(step.text), `${where}\n${typed.text}`)
            break
          }
          case 'problems': {
            const codes = (await typed.problems()).map((each) => each.split(' ')[0])
            assert.equal(codes.join(' ') || '-', step.text, `${where}\n${typed.text}`)
            break
          }
          case 'offers':
            assert.equal((await typed.columnsAt(hand.cursor)).join(' '), step.text, where)
            break
          case 'hover': {
            const [word, says] = step.text.split(' => ')
            const said = await typed.hoverAt(typed.text.lastIndexOf(word))
            assert.ok(said?.includes(says), `${where}: ${said}`)
          }
        }
      }
      const { keystrokes, broken } = typed
      assert.ok(keystrokes > 500 && broken > 200, `${keystrokes} keystrokes, ${broken} of half-typed code`)
      t.diagnostic(`${keystrokes} keystrokes, after ${broken} of which the text did not parse`)
    })

  test('what VS Code itself sent, as it was recorded: every answer after every change', async (t) => {
    const typed = new TypedDocument(join(folder, 'recorded.ts'), folder)
    let several = 0
    for (const parts of recordedChanges()) {
      const last = parts.at(-1)
      assert.ok(last)
      if (parts.length > 1) several++
      try {
        await typed.change(parts, last.start + last.text.length)
      } catch (error) {
        const after = `after change ${typed.keystrokes}: ${JSON.stringify(typed.text)}`
        throw new Error(after, { cause: error })
      }
    }
    const { keystrokes, broken } = typed
    t.diagnostic(`${keystrokes} changes, ${several} of several parts, after ${broken} the text did not parse`)
    assert.equal(typed.document.isBroken, false)
    assert.equal(typed.document.facts.computations.length, RECORDED_LENSES)
  })
})
