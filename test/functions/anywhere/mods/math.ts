// Functions under several names.

export const square = (x: number): number => x * x
export function cube(x: number): number {
  return x * square(x)
}
export { cube as third, square as 'to the second' }
export default function half(x: number): number {
  return x / 2
}
export let counter = 0
export function count(): number {
  return ++counter
}
