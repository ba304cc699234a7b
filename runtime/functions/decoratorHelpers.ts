// What compiled TypeScript decorators call, as `tslib` has it: named as oxc names its helpers.

type Decorator = (target: unknown, key?: PropertyKey, descriptor?: unknown) => unknown
type WithMetadata = typeof Reflect & { metadata?: (key: string, value: unknown) => Decorator }

/** Applies decorators, the last one first: to a class, or to a member where `key` names one. */
export function decorate(
  decorators: readonly (Decorator | undefined)[],
  target: object,
  key?: PropertyKey,
  described?: PropertyDescriptor | null,
): unknown {
  const member = described === null ? Object.getOwnPropertyDescriptor(target, key!) : described
  let result: unknown = key === undefined ? target : member
  for (let i = decorators.length - 1; i >= 0; i--) {
    const decorator = decorators[i]
    if (decorator) result = (key === undefined ? decorator(result) : decorator(target, key, result)) || result
  }
  if (key !== undefined && described !== undefined && result) Object.defineProperty(target, key, result)
  return result
}

/** Tells a type to `reflect-metadata`, where the program has loaded it. */
export function decorateMetadata(key: string, value: unknown): Decorator | undefined {
  return (Reflect as WithMetadata).metadata?.(key, value)
}

/** A parameter's decorator. */
export function decorateParam(
  index: number,
  decorator: (target: unknown, key: PropertyKey | undefined, index: number) => void,
): Decorator {
  return (target, key) => void decorator(target, key, index)
}
