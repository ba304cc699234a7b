// A message of a type that no table of the protocol has: decoding refuses those.

/** For the end of an exhaustive switch. */
export function neverSent(message: never): never {
  throw new TypeError(
    `no message of type ${JSON.stringify((message as { type: string }).type)} is served here`,
  )
}
