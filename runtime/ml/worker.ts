// What a worker's thread loads to fit whole models: every estimator, and who fits them.

import './index.ts'

export { fitter } from './modelSelection/fitter.ts'
