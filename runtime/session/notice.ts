// What the session tells its user in one line: to whoever runs it, or on the terminal.

type Notify = (text: string) => void

const onTerminal: Notify = (text) => process.stderr.write(`heddle: ${text}\n`)
let notify = onTerminal

/** Says who hears notices from now on; nobody given: the terminal. */
export function hearNotices(hear: Notify | undefined): void {
  notify = hear ?? onTerminal
}

export function notice(text: string): void {
  notify(text)
}
