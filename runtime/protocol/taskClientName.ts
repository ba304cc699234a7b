// What the client of a worker's threads calls itself: so that a scheduler knows which tasks were submitted by tasks.

const PREFIX = 'tasks of '

/** The name under which tasks that run on a worker submit tasks of their own. */
export const taskClientName = (worker: string): string => PREFIX + worker

/** Whether tasks submit tasks through a client of this name. */
export const isTaskClientName = (name: string): boolean => name.startsWith(PREFIX)
