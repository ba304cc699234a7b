// Symbols travel when both sides can agree on them: registered ones and the language's own.

import type { ValueEncoder } from './valueEncoder.ts'
import { TAG, WELL_KNOWN_SYMBOLS } from './valueTags.ts'

export function encodeSymbol(encoder: ValueEncoder, symbol: symbol, depth: number): void {
  const key = Symbol.keyFor(symbol)
  if (key !== undefined) {
    encoder.writer.byte(TAG.symbol)
    encoder.writer.text(key)
    return
  }
  const known = (WELL_KNOWN_SYMBOLS as readonly symbol[]).indexOf(symbol)
  if (known < 0)
    encoder.refuse(depth, `the symbol ${String(symbol)}`, 'Use Symbol.for() so that both sides agree on it.')
  encoder.writer.byte(TAG.wellKnownSymbol)
  encoder.writer.byte(known)
}
