// State that a module keeps in weak collections and static fields.

const balances = new WeakMap<Account, number>()
export class Account {
  constructor(balance: number) {
    balances.set(this, balance)
  }
  get balance(): number {
    return balances.get(this) ?? Number.NaN
  }
  plus(more: number): Account {
    return new Account(this.balance + more)
  }
}
export const openAccount = (balance: number): Account => new Account(balance)

export class Shared {
  static list: number[] = []
}
Shared.list.push(1)
