// What is said where types do not fit an expression.

import { kernel } from '../kernel.ts'

/** An expression asks for what the types of its columns do not allow. */
export class ExpressionTypeError extends TypeError {
  override name = 'ExpressionTypeError'
}
kernel('error.ExpressionTypeError', ExpressionTypeError)
