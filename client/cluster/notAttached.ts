// Why a window is attached to no cluster, where nothing has failed. No `vscode`.

/** There is no cluster to attach to. */
export class NothingFound extends Error {
  override name = 'NothingFound'
  constructor() {
    super('this cluster does not run any more')
  }
}

/** The person did not want it. */
export class NotStarted extends Error {
  override name = 'NotStarted'
}
