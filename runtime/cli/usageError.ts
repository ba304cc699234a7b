// A command line that cannot be understood, and the one sentence that says what to change.

export class UsageError extends Error {
  override name = 'UsageError'
  readonly command: string | undefined
  constructor(text: string, command?: string) {
    super(text)
    this.command = command
  }
}
