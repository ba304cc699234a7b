// The files that an open one imports: found as programs find them, analysed once for each of their texts, open texts before those on the disk.

import { readFileSync, statSync } from 'node:fs'
import { ResolverFactory } from 'oxc-resolver'
import type { Modules } from '../knowledge/modules.ts'
import { Subject } from '../knowledge/subject.ts'

/** Larger files are generated ones: nobody builds collections there. */
const FILE_BYTES_MAX = 1_000_000
/** A tree takes a hundred times the memory of its text, and is made again in a millisecond. */
const AWAKE_MAX = 24
const SOURCE = /\.[cm]?[jt]sx?$/

/** How programs and types find files. */
const RESOLVED = {
  extensions: ['.ts', '.mts', '.js', '.mjs', '.tsx', '.jsx', '.cts', '.cjs'],
  extensionAlias: {
    '.js': ['.ts', '.tsx', '.js'],
    '.jsx': ['.tsx', '.jsx'],
    '.mjs': ['.mts', '.mjs'],
    '.cjs': ['.cts', '.cjs'],
  },
  conditionNames: ['node', 'import', 'module-sync', 'default'],
  mainFields: ['main'],
}

/** A text that an editor has open. */
export interface OpenText {
  text: string
  version: number
}

interface Entry {
  stamp: string
  /** Of an earlier text where this one does not parse. */
  subject: Subject | undefined
  parses: boolean
}

export class ProjectModules implements Modules {
  readonly #open: (file: string) => OpenText | undefined
  /** As `tsconfig.json` says, and without one that is broken. */
  readonly #resolvers = [
    new ResolverFactory({ ...RESOLVED, tsconfig: 'auto' }),
    new ResolverFactory(RESOLVED),
  ]
  readonly #known = new Map<string, Entry>()
  /** What was looked at since the last change. */
  readonly #seen = new Map<string, Subject | undefined>()
  readonly #stamps = new Map<string, string | undefined>()

  /** Those whose trees are there, the one that was made last at the end. */
  readonly #awake = new Set<Subject>()

  /** @param open the text of a file that an editor has open */
  constructor(open: (file: string) => OpenText | undefined) {
    this.#open = open
  }

  /** Files on the disk may have changed since the last question. */
  begin(): void {
    this.#seen.clear()
    this.#stamps.clear()
    for (const resolver of this.#resolvers) resolver.clearCache()
  }

  /** An open text has changed. */
  edited(): void {
    this.#seen.clear()
  }

  woken(subject: Subject): void {
    this.#awake.delete(subject)
    this.#awake.add(subject)
  }

  /** Lets trees go but those that were made last. Between questions alone: nobody may be holding nodes. */
  rest(): void {
    let many = this.#awake.size - AWAKE_MAX
    for (const subject of this.#awake) {
      if (many-- <= 0) return
      subject.rest()
      this.#awake.delete(subject)
    }
  }

  /** How many trees are there. */
  get awake(): number {
    return this.#awake.size
  }

  moduleOf(from: string, specifier: string): Subject | undefined {
    const file = this.#fileOf(from, specifier)
    return file === undefined ? undefined : this.#subjectOf(file)
  }

  /** The analysis of a file as it is now; nothing when it does not parse. */
  current(file: string): Subject | undefined {
    const subject = this.#subjectOf(file)
    return this.#known.get(file)?.parses ? subject : undefined
  }

  /** Whether all that a subject was told of other files is so still. */
  isCurrent(subject: Subject): boolean {
    for (const [specifier, other] of subject.consulted)
      if (this.moduleOf(subject.file, specifier) !== other) return false
    return true
  }

  #fileOf(from: string, specifier: string): string | undefined {
    if (/^(node:|heddle(\/|$))/.test(specifier)) return undefined
    for (const resolver of this.#resolvers)
      try {
        const { path } = resolver.resolveFileSync(from, specifier)
        // Packages are told of by their types, not by their code.
        if (path) return SOURCE.test(path) && !path.includes('/node_modules/') ? path : undefined
      } catch {
        // Nothing is said of what cannot be found.
      }
    return undefined
  }

  #subjectOf(file: string): Subject | undefined {
    if (this.#seen.has(file)) return this.#seen.get(file)
    const open = this.#open(file)
    const stamp = open ? `open ${open.version}` : this.#stampOf(file)
    if (stamp === undefined) return undefined
    const known = this.#known.get(file)
    if (known?.stamp === stamp) {
      // Modules may import each other.
      this.#seen.set(file, known.subject)
      if (!known.subject || this.isCurrent(known.subject)) return known.subject
    }
    // A text that is being typed and does not parse now is still what it was.
    const now = Subject.ofModule(file, open?.text ?? readFileSync(file, 'utf8'), this)
    if (now) this.#awake.add(now)
    if (now && known?.subject) this.#awake.delete(known.subject)
    const subject = now ?? known?.subject
    this.#known.set(file, { stamp, subject, parses: now !== undefined })
    this.#seen.set(file, subject)
    return subject
  }

  #stampOf(file: string): string | undefined {
    if (this.#stamps.has(file)) return this.#stamps.get(file)
    const facts = statSync(file, { throwIfNoEntry: false })
    const stamp =
      facts?.isFile() && facts.size <= FILE_BYTES_MAX ? `${facts.mtimeMs} ${facts.size}` : undefined
    this.#stamps.set(file, stamp)
    return stamp
  }
}
