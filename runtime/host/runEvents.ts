// The events of one run, kept so that an editor that comes back gets them all; printed text is cut where it grows too long.

import type { RunEvent } from '../protocol/runs.ts'

export interface KeptEvent {
  sequence: number
  event: RunEvent
}

/** Characters of printed text that are kept for one run. */
export const OUTPUT_CHARACTERS_MAX = 2_000_000
/** Other events that are kept: progress replaces itself, so that only a program with very many calls comes near. */
export const EVENTS_MAX = 5_000

export class RunEvents {
  #kept: KeptEvent[] = []
  #next = 0
  #outputCharacters = 0
  #droppedCharacters = 0
  readonly #outputMax: number
  readonly #eventsMax: number

  constructor(outputMax = OUTPUT_CHARACTERS_MAX, eventsMax = EVENTS_MAX) {
    this.#outputMax = outputMax
    this.#eventsMax = eventsMax
  }

  get isEmpty(): boolean {
    return this.#next === 0
  }

  add(event: RunEvent): KeptEvent {
    const kept = { sequence: this.#next++, event }
    if (event.kind === 'progress') this.#forgetProgress(event.site)
    if (event.kind === 'computed') this.#forgetProgress(event.site)
    this.#kept.push(kept)
    if (event.kind === 'output') {
      this.#outputCharacters += event.text.length
      while (this.#outputCharacters > this.#outputMax && this.#dropFirst('output')) {}
    }
    while (
      this.#kept.length > this.#eventsMax &&
      this.#dropFirst('output', 'computed', 'computing', 'curve', 'notice')
    ) {}
    return kept
  }

  /** What came after `sequence`; all that is kept without one. */
  since(sequence = -1): KeptEvent[] {
    return this.#kept.filter((kept) => kept.sequence > sequence)
  }

  /** Progress of a call that has gone on says nothing any more. */
  #forgetProgress(site: number): void {
    const at = this.#kept.findLastIndex(({ event }) => event.kind === 'progress' && event.site === site)
    if (at >= 0) this.#kept.splice(at, 1)
  }

  /** Drops the oldest event of these kinds, but never the newest event. */
  #dropFirst(...kinds: RunEvent['kind'][]): boolean {
    const at = this.#kept.findIndex(({ event }) => kinds.includes(event.kind) && !isCutNotice(event))
    if (at < 0 || at === this.#kept.length - 1) return false
    const [{ sequence, event }] = this.#kept.splice(at, 1)
    if (event.kind !== 'output') return true
    this.#outputCharacters -= event.text.length
    this.#droppedCharacters += event.text.length
    // One notice stands where the text was, with the number of the last event that it stands for.
    const before = this.#kept.findIndex((kept) => isCutNotice(kept.event))
    if (before >= 0) this.#kept.splice(before, 1)
    const text = `${CUT}${this.#droppedCharacters.toLocaleString('en')} characters of output are no longer kept`
    this.#kept.splice(before >= 0 ? at - 1 : at, 0, { sequence, event: { kind: 'notice', text } })
    return true
  }
}

const CUT = '… '
const isCutNotice = (event: RunEvent): boolean => event.kind === 'notice' && event.text.startsWith(CUT)
