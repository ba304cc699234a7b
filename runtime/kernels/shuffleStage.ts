// A stage of a shuffle: which part of a split a target's items go to. A shuffle of many partitions goes in several stages.

/**
 * Groups of `span` neighbouring targets are split into `parts` groups of `step`. One stage alone has the span of all
 * targets and steps of one; with two, the first goes to groups and the second to the targets of each.
 */
export interface ShuffleStage {
  /** The first target of the group. */
  readonly first: number
  readonly span: number
  readonly step: number
  readonly parts: number
}

/**
 * The part that a target's items go to. Keys that change between two looks at them must not lose items: those that
 * are no longer of this group stay in it.
 */
export const partAt = (target: number, { span, step, parts }: ShuffleStage): number =>
  Math.min(parts - 1, Math.floor((target % span) / step))

/** Of the bounds between all targets, those between the parts of a stage. */
export const boundsAt = <T>(bounds: readonly T[], { first, step, parts }: ShuffleStage): T[] =>
  Array.from({ length: parts - 1 }, (_, part) => bounds[first + (part + 1) * step - 1])
