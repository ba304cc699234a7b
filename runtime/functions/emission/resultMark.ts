// How a text says which of its expressions is asked for: a last line, since nothing before it may move.

/** What a virtual module exports the value of its expression as. */
export const RESULT_NAME = '__heddleResult'

export function resultMark(start: number, end: number): string {
  return `\n//# heddleResult=${start},${end}`
}

/** The expression that a text's last line asks for, as offsets. */
export function markedResult(text: string): { start: number; end: number } | undefined {
  const match = /\n\/\/# heddleResult=(\d+),(\d+)$/.exec(text)
  return match ? { start: Number(match[1]), end: Number(match[2]) } : undefined
}
