// What an editor and a desk (`heddle slurm desk`, `heddle ssh desk`) say to each other, a line of JSON each. What is asked is each desk's own.

/** A desk's questions by name: what goes in and what comes out of each. */
export type DeskCalls<Names extends PropertyKey> = Record<Names, { params: unknown; answer: unknown }>

/** A line to the desk. `stop` gives up a start that goes on. */
export type ToDesk =
  | { kind: 'ask'; id: number; what: string; params: unknown }
  | { kind: 'stop' }
  /** What the person said to a question of ssh's; nothing when they would not. */
  | { kind: 'reply'; question: number; text?: string }

/** A line from the desk. */
export type FromDesk =
  | { kind: 'answer'; id: number; value: unknown }
  | { kind: 'failed'; id: number; text: string }
  | { kind: 'notice'; text: string }
  /** The person is asked: a passphrase or a one-time code that ssh wants, whether a host is the right one, whether Node may be fetched. */
  | ({ kind: 'question'; question: number } & DeskQuestion)

export interface DeskQuestion {
  /** Who asks what about. */
  title: string
  /** ssh's questions in its own words. */
  prompt: string
  /** Whether the answer must not be seen while it is typed. */
  secret: boolean
  /** Yes or no: what is done when the person says yes, as a button says it. */
  confirm?: string
}

/** A run whose files an editor has: see `RunSpec`. */
export interface FilesOfRun {
  file: string
  text?: string
  cwd: string
}

/** Where they are: absent, where the run finds them at their own paths. */
export interface Mirrored {
  mirror?: string
}
