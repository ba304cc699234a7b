// A module of one function, which is an argument of a task.

export const one = (x: number): number => x + 100
