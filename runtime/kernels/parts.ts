// A result in parts: each task that depends on it names the part that it takes, and gets nothing of the others.

/**
 * What a kernel returns whose group says `parts`. A worker keeps, sends and spills each part as a value by itself.
 * After `return new Parts([evens, odds])` others take `graph.partOf(split, 0)`, or `graph.partOf(split, 1)`.
 */
export class Parts {
  readonly all: readonly unknown[]
  constructor(all: readonly unknown[]) {
    this.all = all
  }
}
