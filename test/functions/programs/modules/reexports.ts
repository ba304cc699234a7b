export * as help from './helpers.ts'
export type { Opts as O2 } from './types.ts'
export { normalise as nrm, type Opts } from './types.ts'
export interface Local {
  a: number
}
export default class {
  v = 5
  get(): number {
    return this.v
  }
}
