export abstract class Shape {
  static made = 0
  protected readonly name: string
  constructor(
    name: string,
    public tags: string[] = [],
  ) {
    this.name = name
    Shape.made++
  }
  abstract area(): number
  describe(): string {
    return `${this.name}:${this.area()}`
  }
}
export class Square extends Shape {
  constructor(private side: number) {
    super('square')
  }
  area(): number {
    return this.side ** 2
  }
  get half(): number {
    return this.side / 2
  }
}
// Not pure for the analyser: what captures it cannot be declared again from nothing.
const EPS = Math.min(...[1, 0.5])
const offsets = [EPS]
export class Vec {
  constructor(public x: number) {}
  shifted(): Vec {
    return new Vec(this.x + offsets[0]!)
  }
}
export const isVec = (v: unknown): boolean => v instanceof Vec
