// The environment of programs that the extension starts. No `vscode`.

/** The user's environment without what the editor put there for its own processes. */
export function programEnvironment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {}
  for (const name in process.env)
    if (!/^(VSCODE_|ELECTRON_)/.test(name) && name !== 'NODE_OPTIONS') env[name] = process.env[name]
  return env
}
