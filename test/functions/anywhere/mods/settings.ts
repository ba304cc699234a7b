// Classes, functions and namespaces of a module, which the program changes when the module is done.

export class Config {
  static mode = 'slow'
  static readonly names: string[] = ['first']
  static socket: MessagePort | undefined
  static #limits = new Map<string, number>()
  static limit(name: string, most?: number): number | undefined {
    if (most !== undefined) Config.#limits.set(name, most)
    return Config.#limits.get(name)
  }
}
Config.names.push(`of ${process.pid > 0}`)

export function lookUp(key: string): number {
  lookUp.asked.push(key)
  return lookUp.table[key] ?? lookUp.other
}
lookUp.table = { one: 1 } as Record<string, number>
lookUp.other = -1
lookUp.asked = [] as string[]

export namespace Options {
  export let depth = 1
  export const list: number[] = []
}
export const described = (): unknown[] => [Config.mode, Config.names, Options.depth]
export const open = (): void => {
  Config.socket = new MessageChannel().port1
  Config.socket.close()
}
