// Large arguments travel as data of their own: the encoding of one is the result of a task, and argument lists refer to that.

/** The function of that task: gives the encoding that it is given. */
export const heldArgument = (encoding: Uint8Array): Uint8Array => encoding
