// Exports again what others have.

export { Animal, NotFound } from './animals.ts'
export { default as Dog } from './dog.ts'
export * from './math.ts'
export * as math from './math.ts'
export { default as halve } from './math.ts'
