// What is known of each name of a file while its statements are read one after the other.

/** What a name stands for, as far as computations are concerned. */
export interface NameMeaning {
  /** Something of heddle's, or what was made from it. */
  derived?: boolean
  /** Imported from elsewhere: what it gives is not ours. */
  foreign?: boolean
  /** A computation that was begun and not awaited, by its method. */
  begun?: string
  /** `compute` or `persist` of heddle under this name: `import { compute as go }`. */
  own?: string
}

const UNKNOWN: NameMeaning = {}

/** What a statement was told of names, and what it said of them: with the same answers it says the same again. */
export interface NameRecord {
  asked: Map<string, NameMeaning>
  added: Map<string, NameMeaning>
}

export class KnownNames {
  readonly #meanings = new Map<string, NameMeaning>()
  /** Equal meanings are the same object. */
  readonly #same = new Map<string, NameMeaning>()
  #record: NameRecord | undefined

  of(name: string): NameMeaning {
    const meaning = this.#meanings.get(name) ?? UNKNOWN
    if (this.#record && !this.#record.added.has(name) && !this.#record.asked.has(name))
      this.#record.asked.set(name, meaning)
    return meaning
  }

  /** Adds to what is known of a name. */
  add(name: string, more: NameMeaning): void {
    const meaning = this.#one({ ...this.of(name), ...more })
    this.#meanings.set(name, meaning)
    this.#record?.added.set(name, meaning)
  }

  /** Writes down what `work` asks and adds. */
  recorded(work: () => void): NameRecord {
    const record: NameRecord = { asked: new Map(), added: new Map() }
    this.#record = record
    work()
    this.#record = undefined
    return record
  }

  /** Does what a recorded piece of work did, if everything that it asked is still answered alike; says whether. */
  replay({ asked, added }: NameRecord): boolean {
    for (const [name, meaning] of asked) if ((this.#meanings.get(name) ?? UNKNOWN) !== meaning) return false
    for (const [name, meaning] of added) this.#meanings.set(name, meaning)
    return true
  }

  forget(): void {
    this.#meanings.clear()
  }

  #one(meaning: NameMeaning): NameMeaning {
    const { derived, foreign, begun, own } = meaning
    const id = `${derived ? 1 : 0}${foreign ? 1 : 0}|${begun ?? ''}|${own ?? ''}`
    const known = this.#same.get(id)
    if (known) return known
    this.#same.set(id, meaning)
    return meaning
  }
}
