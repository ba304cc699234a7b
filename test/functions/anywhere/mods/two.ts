// Another module of one function, which is an argument of the same task's function.

export const two = (x: number): number => x + 200
