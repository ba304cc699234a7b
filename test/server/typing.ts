// A trace of typing: what its lines say, and the document that they are typed into.

/** What a hand does, or what has to be true then. */
export interface Step {
  /** Line of the trace, from 1. */
  line: number
  verb: string
  text: string
}

export interface Change {
  start: number
  end: number
  text: string
}

const VERBS = /^(type|auto|over|paste|back|after|select|cut|lenses|problems|offers|hover)(?: (.*))?$/

/** @throws {Error} naming the line that is none of a trace */
export function stepsOf(trace: string): Step[] {
  return trace.split('\n').flatMap((given, i): Step[] => {
    if (given === '' || given.startsWith('#')) return []
    const found = VERBS.exec(given)
    if (!found) throw new Error(`line ${i + 1} of the trace is no step: ${given}`)
    const text = (found[2] ?? '').replaceAll('\\n', '\n').replaceAll('\\s', ' ')
    return [{ line: i + 1, verb: found[1], text }]
  })
}

/** The hand: turns steps into edits, one for each keystroke. */
export class Hand {
  #cursor = 0
  #selectionEnd = 0

  get cursor(): number {
    return this.#cursor
  }

  /** The edits of a step; the text is asked for anew before each, since the one before changed it. */
  *edits(step: Step, textNow: () => string): Generator<Change> {
    const { verb, text } = step
    switch (verb) {
      case 'type':
        for (const letter of text) yield this.#put(letter)
        return
      case 'paste':
        yield this.#put(text)
        return
      case 'cut':
        yield this.#put('')
        return
      case 'auto':
        yield { start: this.#cursor, end: this.#cursor, text }
        return
      case 'over':
        this.#to(this.#cursor + 1)
        return
      case 'back':
        for (let i = 0; i < Number(text); i++) {
          const start = this.#cursor - 1
          yield { start, end: this.#cursor, text: '' }
          this.#to(start)
        }
        return
      case 'after':
      case 'select': {
        const at = textNow().lastIndexOf(text)
        if (at < 0) throw new Error(`line ${step.line} of the trace: there is no ${JSON.stringify(text)}`)
        this.#cursor = verb === 'after' ? at + text.length : at
        this.#selectionEnd = at + text.length
      }
    }
  }

  #put(text: string): Change {
    const change = { start: this.#cursor, end: this.#selectionEnd, text }
    this.#to(this.#cursor + text.length)
    return change
  }

  #to(offset: number): void {
    this.#cursor = offset
    this.#selectionEnd = offset
  }
}
