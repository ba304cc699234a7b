export interface Opts {
  a: number
}
export const normalise = (s: string): string => `${s}!`
