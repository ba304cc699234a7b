// The exit codes of `heddle`, as its help says them.

export const EXIT = {
  ok: 0,
  /** The user's program failed, or a check of `heddle doctor` did. */
  failed: 1,
  /** The command line cannot be understood. */
  usage: 2,
  /** The cluster could not be started or reached. */
  cluster: 3,
  /** Ctrl-C. */
  interrupted: 130,
} as const

/** What a shell would say of a process that a signal ended. */
export function exitCodeOfSignal(signal: NodeJS.Signals): number {
  const numbers: Partial<Record<NodeJS.Signals, number>> = {
    SIGHUP: 1,
    SIGINT: 2,
    SIGQUIT: 3,
    SIGABRT: 6,
    SIGKILL: 9,
    SIGSEGV: 11,
    SIGTERM: 15,
  }
  return 128 + (numbers[signal] ?? 0)
}
