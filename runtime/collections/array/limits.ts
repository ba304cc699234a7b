// Sizes at which the builders decide.

/** A block of the client's up to this many bytes travels within a plan, larger ones as tasks. */
export const leafBytesMax = 16 * 1024
