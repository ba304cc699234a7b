// What a stretch of a text is known by.

/** @example spanId({ start: 3, end: 9 }) // '3-9' */
export const spanId = ({ start, end }: { start: number; end: number }): string => `${start}-${end}`
