// What the dictionaries of categories mean in this thread's codes. Those of files that are read again need not be looked up again.

import { cacheBytesMax, releasedWhenShort } from '../../resultMemory.ts'
import type { CategoryNumbers } from '../engine.ts'
import type { FlatTexts } from '../flat/flatFrame.ts'

/** Of what caches may hold, dictionaries have this part. */
const SHARE = 4

/** By chunk, those used last at the end. */
const kept = new Map<string, Int32Array>()
let keptBytes = 0
let numbering = ''

releasedWhenShort(forget)

function forget(): void {
  kept.clear()
  keptBytes = 0
}

export class CategoryDictionaries {
  readonly #categories: CategoryNumbers
  /** 1 for each code that came. */
  has: Uint8Array = new Uint8Array(1024)

  constructor(categories: CategoryNumbers) {
    this.#categories = categories
    const now = categories.numbering()
    // Codes are others once the thread numbers anew.
    if (now !== numbering) forget()
    numbering = now
  }

  /** The codes of a chunk's dictionary, if they were looked up before. */
  known(chunk: string): Int32Array | undefined {
    const codes = kept.get(chunk)
    if (!codes) return undefined
    kept.delete(chunk)
    kept.set(chunk, codes)
    this.#mark(codes)
    return codes
  }

  /**
   * This thread's codes of some texts.
   * @param chunk whose dictionary they are, if they are one
   */
  numbered(texts: Pick<FlatTexts, 'views' | 'buffers'>, count: number, chunk?: string): Int32Array {
    const codes = new Int32Array(this.#categories.numbered(texts, count).buffer)
    this.#mark(codes)
    if (chunk !== undefined) keep(chunk, codes)
    return codes
  }

  #mark(codes: Int32Array): void {
    let has = this.has
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i]
      if (code >= has.length) {
        const larger = new Uint8Array(Math.max(2 * has.length, code + 1))
        larger.set(has)
        this.has = has = larger
      }
      has[code] = 1
    }
  }
}

function keep(chunk: string, codes: Int32Array): void {
  const most = cacheBytesMax() / SHARE
  if (codes.byteLength > most) return
  keptBytes += codes.byteLength - (kept.get(chunk)?.byteLength ?? 0)
  kept.set(chunk, codes)
  for (const [oldest, { byteLength }] of kept) {
    if (keptBytes <= most) break
    kept.delete(oldest)
    keptBytes -= byteLength
  }
}
