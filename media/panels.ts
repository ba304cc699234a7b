// The panels there are: each is a webview in VS Code and a page of the HTTP dashboard.

export const PANELS = ['dashboard', 'taskGraph', 'taskStream', 'workers', 'jobs', 'gpu', 'results'] as const
export type PanelName = (typeof PANELS)[number]

/** What a person reads above each panel. */
export const PANEL_TITLES: Readonly<Record<PanelName, string>> = {
  dashboard: 'Overview',
  taskGraph: 'Task graph',
  taskStream: 'Task stream',
  workers: 'Workers',
  jobs: 'Jobs',
  gpu: 'GPU',
  results: 'Results',
}

export const isPanelName = (name: string): name is PanelName => (PANELS as readonly string[]).includes(name)
