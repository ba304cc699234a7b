// Classes that another module extends.

export abstract class Animal {
  static count = 0
  readonly name: string
  #energy = 10
  protected mood = 'calm'
  constructor(name: string) {
    this.name = name
  }
  get energy(): number {
    return this.#energy
  }
  tire(by: number): this {
    this.#energy -= by
    return this
  }
  abstract sound(): string
  toString(): string {
    return `${this.name} says ${this.sound()}`
  }
}

export class NotFound extends Error {
  override name = 'NotFound'
  readonly id: number
  constructor(id: number, options?: ErrorOptions) {
    super(`no animal ${id}`, options)
    this.id = id
  }
}
