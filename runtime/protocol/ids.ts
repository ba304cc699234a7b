// Identities: the numbers that messages carry, and the 128-bit keys behind them.

/** A task's row in the scheduler's columns. Rows are used again, so data is always named by task *and* run. */
export type TaskId = number
/** One attempt at one task. A wrapping 32-bit count, unique among the live attempts of a scheduler. */
export type RunId = number
/** A worker's row in the scheduler's columns. */
export type WorkerId = number
/** A client's own number for one key it holds. Chosen by the client, never used again on one connection. */
export type Handle = number

/** Bytes of a key's digest. */
export const DIGEST_BYTES = 16

const CUSTOM_NAME = /^(.*)-([0-9a-f]{32})$/s

/**
 * A key as text: `name-digest` with 32 hexadecimal digits, or the name alone for a key that a user chose.
 * @example keyText('inc', digest) // 'inc-00112233445566778899aabbccddeeff'
 */
export function keyText(name: string, digest: Uint8Array, custom = false): string {
  if (custom) return name
  let text = ''
  for (let i = 0; i < DIGEST_BYTES; i++) text += HEX[digest[i]]
  return `${name}-${text}`
}

/** The digest that a key's text ends with, or nothing when the text is a name that a user chose. */
export function digestOfKeyText(text: string): Uint8Array | undefined {
  const match = CUSTOM_NAME.exec(text)
  if (!match) return undefined
  const digest = new Uint8Array(DIGEST_BYTES)
  for (let i = 0; i < DIGEST_BYTES; i++) digest[i] = Number.parseInt(match[2].slice(2 * i, 2 * i + 2), 16)
  return digest
}

/** A digest as 32 hexadecimal digits. */
export function hexOf(digest: Uint8Array, at = 0): string {
  let text = ''
  for (let i = 0; i < DIGEST_BYTES; i++) text += HEX[digest[at + i]]
  return text
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
