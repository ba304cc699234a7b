import { A } from './circA.ts'
export class B extends A {
  override kind(): string {
    return `B>${super.kind()}`
  }
}
