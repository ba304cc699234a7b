// What is wrong with data that a model is to learn from or to predict for.

/** Data does not fit the model: NaN where that is not allowed, other columns than at fit, one class only, no rows. */
export class MlDataError extends Error {
  override name = 'MlDataError'
}
