// A small generator of numbers from a seed, for choices of the client: shuffles, drawn parameters.

/** Mulberry32 (Tommy Ettinger, 2017, public domain): numbers from 0 to 1, 32 bits each. */
export function mulberry(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** The places 0 to count − 1 in the order of a seed: Fisher and Yates. */
export function shuffled(count: number, seed: number): Int32Array {
  const places = Int32Array.from({ length: count }, (_, i) => i)
  const next = mulberry(seed)
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1))
    const own = places[i]
    places[i] = places[j]
    places[j] = own
  }
  return places
}
