// The results as a panel: their reducer and their view.

import type { Panel } from '../frame/mountPanel.tsx'
import { ResultsView } from './ResultsView.tsx'
import { applyToResults, noResults, type Results } from './reducer.ts'

export const resultsPanel: Panel<Results> = {
  name: 'results',
  empty: noResults,
  apply: applyToResults,
  View: ResultsView,
}
