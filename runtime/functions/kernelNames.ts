// Functions that both ends have already: they travel by name alone.

import type { AnyFunction } from './liftHook.ts'

export interface KernelNames {
  nameOf(fn: AnyFunction): string | undefined
  named(name: string): AnyFunction | undefined
  /** Whether nothing looks at what it was given, or gave, once it has returned. */
  keepsNothing?(fn: AnyFunction): boolean
}

/** No function travels by name. */
export const NO_KERNELS: KernelNames = { nameOf: () => undefined, named: () => undefined }
