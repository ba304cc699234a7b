// The hash of a key's text, by the engine in JavaScript.

/** FNV-1a over UTF-16 units. */
export function hashOf(text: string, seed = 0x811c9dc5): number {
  let hash = seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** Two words, which differ in their beginning and in how they are mixed: together they are as good as one of 64 bits. */
export const hashWords = (text: string): [high: number, low: number] => [
  mixed(hashOf(text)),
  mixed(hashOf(text, 0x2545f491) ^ 0x9e3779b9),
]

/** The finishing steps of MurmurHash3, which let every bit change every other. */
function mixed(hash: number): number {
  let word = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35)
  return (word ^ (word >>> 16)) >>> 0
}
