// Work that takes a while, with its progress in a notification.

import * as vscode from 'vscode'

/**
 * @param cancel makes it work that the person can give up
 * @throws {vscode.CancellationError} when the person did
 */
export function inProgress<T>(
  title: string,
  work: (tell: (text: string) => void) => Promise<T>,
  cancel?: () => void,
): Promise<T> {
  const location = vscode.ProgressLocation.Notification
  return Promise.resolve(
    vscode.window.withProgress(
      { location, title, cancellable: cancel !== undefined },
      async (progress, token) => {
        const cancelled = token.onCancellationRequested(() => cancel?.())
        try {
          return await work((message) => progress.report({ message }))
        } catch (error) {
          if (token.isCancellationRequested) throw new vscode.CancellationError()
          throw error
        } finally {
          cancelled.dispose()
        }
      },
    ),
  )
}
