export const seen: string[] = []
export function entity(name: string) {
  return (C: { name: string }): void => {
    seen.push(`${name}:${C.name}`)
  }
}
export function col(target: object, key: string): void {
  const holder = target as { cols?: string[] }
  holder.cols ??= []
  holder.cols.push(key)
}
@entity('users')
export class User {
  @col name = 'x'
  @col age = 1
  cols!: string[]
  label(): string {
    return this.cols.join('+') + this.name
  }
}
