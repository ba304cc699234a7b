import { Client } from 'heddle'
import { normalise, times } from './modules/helpers.ts'
import { Square } from './modules/shapes.ts'
enum Mode {
  A = 'a',
}
const k = await Promise.resolve(4)
export const plusK = (x: number): number => x + k
const client = await Client.local({ workers: 2 })
const square = new Square(k)
console.log(
  await client.map((w: string) => normalise(w, { lower: true }) + square.describe() + Mode.A, [' X ']),
)
console.log(
  await client.map(times(k), [1, 2]),
  (await client.submit((n: number) => new Square(n), 2)) instanceof Square,
)
console.log(await client.submit(plusK, 1))
try {
  await client.submit(() => {
    throw new Error('from a bundle')
  })
} catch (error) {
  console.log((error as Error).stack!.split('\n').slice(0, 2).join(''))
}
await client.close()
