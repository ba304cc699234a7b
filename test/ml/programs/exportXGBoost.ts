// Prints our models as XGBoost's with the rows that they are asked about: xgboostReferenceAnswers.py asks XGBoost.

import { ml } from '../../../runtime/index.ts'
import { exportedModels } from '../exportedModels.ts'

const models = await exportedModels()
console.log(
  JSON.stringify(
    Object.fromEntries(
      Object.entries(models).map(([name, { model, x }]) => [name, { model: ml.toXGBoost(model), x }]),
    ),
  ),
)
