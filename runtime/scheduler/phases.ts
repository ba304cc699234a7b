// The phases of a task's life. Numbers, since they are a column; in the order of the feed's `TASK_STATES` after FREE.

/** The row is nobody's: on the free list. */
export const FREE = 0
/** Some dependency has no value yet. */
export const WAITING = 1
/** Could run now, and waits in a queue for a worker. */
export const READY = 2
/** Assigned to a worker, whether its thread has begun or not. Also: a scattered value that is on its way to a worker. */
export const RUNNING = 3
/** At least one worker holds the value. */
export const STORED = 4
/** Has a failure instead of a value. */
export const ERRED = 5
/** Nobody needs the value now; the specification stays, since a dependent may be computed again. */
export const RELEASED = 6

export const PHASE_NAMES = ['free', 'waiting', 'ready', 'running', 'stored', 'erred', 'released'] as const

/** Is its value still to be made? */
export const isPending = (phase: number): boolean => phase >= WAITING && phase <= RUNNING

/** Bits of the `flags` column. */
export const RECALLED = 1
/** The user chose the key; its name is in `customNames`. */
export const CUSTOM = 2
/** There is an entry in `troubles`. */
export const TROUBLED = 4
/** Its value shall be copied to every worker. */
export const BROADCAST = 8
/** Its run waits for tasks that it submitted itself: it is running, and occupies no thread. */
export const ASIDE = 16
/** The last look at copies found more than are wanted: if the next one does too, they go. */
export const SURPLUS = 32
/** A client asked for a number of copies, which `copiesAsked` has. */
export const COPIED_ON_DEMAND = 64
