// A class that extends one of another module.

import { Animal } from './animals.ts'

export default class Dog extends Animal {
  tricks = ['sit']
  sound(): string {
    return 'wau'
  }
  override toString(): string {
    return `${super.toString()}!`
  }
}
