import { B } from './circB.ts'
export class A {
  kind(): string {
    return 'A'
  }
  static make(): A {
    return new B()
  }
}
export const viaB = (): string => A.make().kind()
