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
  /** ssh asks: a passphrase, a one-time code, whether a host is the right one. */
  | ({ kind: 'question'; question: number } & DeskQuestion)

export interface DeskQuestion {
  /** Who is connected to. */
  host: string
  /** In ssh's own words. */
  prompt: string
  /** Whether the answer must not be seen while it is typed. */
  secret: boolean
  /** Yes or no. */
  confirm: boolean
}
