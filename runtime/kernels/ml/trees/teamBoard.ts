// Several threads of one worker at one piece of work, over memory that all of them have: one leads, others help.
//
// Whoever comes first leads: it says what is to be done as a job of several units, and does units itself. Others take
// units that nobody has taken. Nothing waits for a thread that has not come: a leader whose helpers are busy elsewhere,
// or who look at a copy of the memory, does all of it. Which thread does a unit must not change what comes of it.

/** Units of a job at most. */
export const UNITS_MAX = 4096
const MEMBERS_MAX = 256

const [RUN, STEP, UNITS, DONE, FAILED, TEXT_BYTES] = [0, 1, 2, 3, 4, 5]
const MEMBERS = 16
const STATES = MEMBERS + MEMBERS_MAX
/** Bytes of the board in front of what jobs tell. */
const HEAD_BYTES = 4 * (STATES + UNITS_MAX)

/** Helpers that hear nothing for so long go. */
const IDLE_MS = 1000
/** A unit that a thread has taken and not done for so long is lost, and its thread with it. */
const LOST_MS = 120_000

const [TAKEN, READY] = [1, 2]
/** What a unit's word says: of which job, and how far it is. */
const wordOf = (step: number, phase: number): number => ((step & 0xfffffff) << 2) | phase

/** Bytes of a board whose jobs are told in up to `textBytes`. */
export const boardBytes = (textBytes: number): number => HEAD_BYTES + textBytes

export class TeamBoard {
  readonly #words: Int32Array
  readonly #text: Uint8Array
  /** Atomics wait on memory that is shared; alone, nobody waits. */
  readonly #isShared: boolean

  /** @param bytes `boardBytes` of them, 0 at first */
  constructor(bytes: Uint8Array) {
    const { buffer, byteOffset, length } = bytes
    this.#words = new Int32Array(buffer, byteOffset, HEAD_BYTES / 4)
    this.#text = new Uint8Array(buffer, byteOffset + HEAD_BYTES, length - HEAD_BYTES)
    this.#isShared = buffer instanceof SharedArrayBuffer
  }

  /**
   * What a member does in a run: the first leads, and one that has been there before, or comes to an earlier run than the
   * board's, has to work alone: what others did of it is not known any more.
   * @param run counts from 1
   */
  enter(run: number, member: number): 'lead' | 'help' | 'alone' {
    const words = this.#words
    const before = Atomics.exchange(words, MEMBERS + member, run)
    const now = Atomics.load(words, RUN)
    if (before >= run || now >> 1 > run) return 'alone'
    if (now >> 1 === run) return 'help'
    return Atomics.compareExchange(words, RUN, now, 2 * run + 1) === now ? 'lead' : 'help'
  }

  /**
   * Has a job done: gives when all units are.
   * @param job what helpers are told, as JSON
   * @param work does a unit; who leads does those that nobody else takes
   * @throws {Error} when a helper failed, or ended without a word
   */
  lead<J>(job: J, units: readonly number[], work: (unit: number) => void): void {
    const words = this.#words
    const step = this.#tell(job, units.length)
    for (const unit of units) this.#take(step, unit, work)
    for (let waited = 0; ; ) {
      const done = Atomics.load(words, DONE)
      if (done >= units.length) break
      if (!this.#isShared || waited >= LOST_MS)
        throw new Error('a thread that helped with a tree ended without a word')
      if (Atomics.wait(words, DONE, done, IDLE_MS) === 'timed-out') waited += IDLE_MS
      else waited = 0
    }
    if (Atomics.load(words, FAILED))
      throw new Error('a thread that helped with a tree failed: see its own error')
  }

  /** Ends a run: helpers go. */
  close(run: number): void {
    Atomics.store(this.#words, RUN, 2 * run)
    this.#tell(null, 0)
  }

  /**
   * Takes units until the run ends, or nothing is heard for long.
   * @param order the units of a job, those first that this thread should take
   */
  help<J>(
    run: number,
    order: (job: J, units: number) => readonly number[],
    work: (job: J, unit: number) => void,
  ): void {
    const words = this.#words
    if (!this.#isShared) return
    for (let seen = 0; Atomics.load(words, RUN) === 2 * run + 1; ) {
      const step = Atomics.load(words, STEP)
      if (step === seen) {
        if (Atomics.wait(words, STEP, step, IDLE_MS) === 'timed-out') return
        continue
      }
      seen = step
      const units = Atomics.load(words, UNITS)
      const text = this.#text.slice(0, Atomics.load(words, TEXT_BYTES))
      // A job that is over may have been written over while it was read.
      if (Atomics.load(words, STEP) !== step || units === 0) continue
      if (Atomics.load(words, DONE) >= units) continue
      const job = JSON.parse(Buffer.from(text).toString()) as J
      for (const unit of order(job, units)) this.#take(step, unit, (own) => work(job, own))
    }
  }

  #tell(job: unknown, units: number): number {
    const words = this.#words
    const step = Atomics.load(words, STEP) + 1
    for (let unit = 0; unit < units; unit++) Atomics.store(words, STATES + unit, wordOf(step, 0))
    const text = Buffer.from(JSON.stringify(job))
    if (text.length > this.#text.length) throw new BoardFullError()
    this.#text.set(text)
    Atomics.store(words, TEXT_BYTES, text.length)
    Atomics.store(words, UNITS, units)
    Atomics.store(words, DONE, 0)
    Atomics.store(words, FAILED, 0)
    Atomics.store(words, STEP, step)
    if (this.#isShared) Atomics.notify(words, STEP)
    return step
  }

  #take(step: number, unit: number, work: (unit: number) => void): void {
    const words = this.#words
    const open = wordOf(step, 0)
    if (Atomics.compareExchange(words, STATES + unit, open, wordOf(step, TAKEN)) !== open) return
    try {
      work(unit)
    } catch (error) {
      Atomics.store(words, FAILED, 1)
      throw error
    } finally {
      Atomics.store(words, STATES + unit, wordOf(step, READY))
      Atomics.add(words, DONE, 1)
      if (this.#isShared) Atomics.notify(words, DONE)
    }
  }
}

/** What is to be told has no room on the board. */
export class BoardFullError extends Error {
  override name = 'BoardFullError'
}
