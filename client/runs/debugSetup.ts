// What VS Code's JavaScript debugger is told to start. No `vscode`.

import path from 'node:path'

/** What runs programs: a Node, and the folder of a `heddle`. */
export interface Programs {
  node: string
  runtime: string
}

/** The part of a launch configuration that both ways share: only the user's own code is stepped through. */
function launch(name: string, { node, runtime }: Programs, args: string[]) {
  return {
    type: 'node',
    request: 'launch',
    name,
    runtimeExecutable: node,
    program: path.join(runtime, 'dist', 'cli.js'),
    args,
    console: 'internalConsole',
    outputCapture: 'std',
    internalConsoleOptions: 'neverOpen',
    sourceMaps: true,
    pauseForSourceMap: true,
    // Functions of tasks are modules in a folder of the cluster, with maps to the user's files.
    resolveSourceMapLocations: null,
    skipFiles: ['<node_internals>/**', '**/node_modules/**', `${runtime}/dist/**`],
  }
}

/** Runs a failed task alone; it waits until it is let go. */
export function debugTaskConfiguration(of: Programs & { label: string; inputsFile: string }) {
  return launch(`Failed task of ${of.label}`, of, ['debug', '--held', of.inputsFile])
}

/** Runs a file or one expression of it on a cluster of one thread, whose processes are debugged too. */
export function debugRunConfiguration(
  of: Programs & { file: string; expression?: { start: number; end: number; label: string } },
) {
  const { file, expression } = of
  const own = expression ? ['--expression', `${expression.start}:${expression.end}`] : []
  return {
    ...launch(expression?.label ?? path.basename(file), of, [
      'run',
      '--quiet',
      '--workers',
      '1',
      '--threads',
      '1',
      ...own,
      file,
    ]),
    cwd: path.dirname(file),
    autoAttachChildProcesses: true,
  }
}

/**
 * By what the throw is known that the debugger stops at: errors that the task itself catches are none.
 * @example throwCondition('threw', 'no number') // '"no number".startsWith(error.message)'
 */
export function throwCondition(kind: string, message: string): string {
  // Behind the error's own text a hint may stand.
  return kind === 'threw' && !message.endsWith('which is no Error')
    ? `${JSON.stringify(message)}.startsWith(error.message)`
    : 'true'
}
