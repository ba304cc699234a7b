// A byte-order mark as a space: the parser leaves it out, and all offsets would be those of another text.

/** @example spacedMark('\ufeffconst a = 1') // ' const a = 1' */
export const spacedMark = (text: string): string => text.replace(/^\ufeff/, ' ')
