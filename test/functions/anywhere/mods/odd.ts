// Exports of every odd form.

export const enum Weight {
  light = 1,
  heavy = light + 9,
}
export enum Kind {
  a = 'A',
  b = 'B',
}
export namespace Outer {
  export let counter = 5
  export const plus = (n: number): number => n + counter
  export namespace In {
    export enum E {
      x = 3,
      y,
    }
  }
}
export default class {
  static #n = 3
  static get n(): number {
    return this.#n
  }
}
export const table = new Map([['k', (x: number): number => x + 1]])
export let live = 1
export function bump(): number {
  return ++live
}
export const lazy = {
  get value(): number {
    return 42
  },
  set value(_v: number) {},
}
export async function* ticks(n: number): AsyncGenerator<number> {
  for (let i = 0; i < n; i++) yield i
}
export { live as 'odd name', Kind as default2 }
const hidden = Symbol('hidden')
export const holder = {
  [hidden]: 7,
  read(): number {
    return this[hidden]
  },
}
export abstract class Shape {
  abstract area(): number
  static of(n: number): Shape {
    return new (class extends Shape {
      area(): number {
        return n * n
      }
    })()
  }
}
export const sealed = Object.freeze({ list: Object.freeze([1, 2]) })
export const re = /(?<year>\d{4})/dgu
export const { a: renamed = 4, ...others } = { b: 2, c: 3 } as { a?: number; b: number; c: number }
export const [first, , third = 9] = [1, 2]

export function Classic(this: { n: number }, n: number): void {
  this.n = n
}
Classic.prototype.twice = function (this: { n: number }): number {
  return this.n * 2
}
Classic.from = (n: number): { twice(): number } =>
  new (Classic as unknown as new (n: number) => { twice(): number })(n)
function Heir(this: { n: number }): void {
  Classic.call(this, 8)
}
Heir.prototype = Object.create(Classic.prototype)
Heir.prototype.constructor = Heir
export const heir = (): [number, boolean] => {
  const made = new (Heir as unknown as new () => { twice(): number })()
  return [made.twice(), made instanceof (Classic as never)]
}
export class Counted {
  static made = 0
  static limits: Record<string, number>
}
Counted.made = 5
Counted.limits = Object.fromEntries([['low', 1]])
Object.defineProperty(Counted, 'hidden', { value: 'defined' })
export const counted = (): unknown[] => [
  Counted.made,
  Counted.limits,
  (Counted as never as { hidden: string }).hidden,
]
export const described = (): string => described.text
described.text = ['as', 'it', 'is'].join(' ')
