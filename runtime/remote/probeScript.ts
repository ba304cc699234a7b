// The shell scripts that a host runs before any program of ours is there: POSIX sh, whatever the login shell is. Pure.

/**
 * What ssh is asked to run: an sh that takes scripts from its input, one after the other, each up to a line `#end`.
 * Only characters that sh, csh, fish and zsh read alike stand outside the quotes, and none that csh reads inside them.
 */
export const REMOTE_COMMAND =
  `exec /bin/sh -c 'n=$(printf "\\nx");n=\${n%x};while :;do s=;while :;do IFS= read -r l||exit 0;` +
  `case $l in "#end")break;;esac;s="$s$l$n";done;eval "$s";done'`

export const SCRIPT_END = '#end\n'

/** Quotes a text for sh. @example quoted("it's") // `'it'\\''s'` */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** What every script begins with. `say` writes a line that is told from noise by its marker. */
const preamble = (marker: string): string => `LC_ALL=C; export LC_ALL; umask 077
m=${quoted(marker)}
say() { printf '%s %s %s\\n' "$m" "$1" "$2"; }
`

export interface ProbeRequest {
  marker: string
  /** The folder that was asked for; nothing else is tried then. */
  folder?: string
  /** The Node that was asked for; nothing else is tried then. */
  nodePath?: string
}

/** Tells what the host is, where files can go, and which Nodes there are. Ends with a line `end`. */
export const probeScript = ({ marker, folder, nodePath }: ProbeRequest): string => `${preamble(marker)}
say os "$(uname -s 2>/dev/null)"
say arch "$(uname -m 2>/dev/null)"
say host "$(uname -n 2>/dev/null)"
say user "$(id -un 2>/dev/null)"
say uid "$(id -u 2>/dev/null)"
say shell "$SHELL"
say home "$HOME"
say clock "$(date +%s 2>/dev/null)"
say libc "$( { getconf GNU_LIBC_VERSION || ldd --version; } 2>&1 | head -n 1)"
say hash "$(for t in sha256sum shasum openssl; do command -v $t && break; done 2>/dev/null)"
say quota "$(quota -w -p 2>/dev/null | tail -n +3 | head -n 8 | tr '\\n' ';')"
say sbatch "$(command -v sbatch 2>/dev/null)"
look() {
  [ -n "$2" ] || return 0
  e=$( { mkdir -p "$2" && f="$2/.probe-$$" && printf '#!/bin/sh\\nexit 0\\n' > "$f" && chmod 700 "$f" &&
    dd if=/dev/zero of="$f.data" bs=65536 count=16 2>/dev/null; } 2>&1 )
  w=$?
  f="$2/.probe-$$"
  [ $w = 0 ] || { d=$(dd if=/dev/zero of="$f.data" bs=65536 count=16 2>&1 | grep -v ' records ' | head -n 1); e=\${d:-$e}; }
  x=no; "$f" 2>/dev/null && x=yes
  k=$(df -Pk "$2" 2>/dev/null | tail -n 1 | { read -r _ _ _ a _; printf '%s' "$a"; })
  rm -f "$f" "$f.data" 2>/dev/null; rmdir "$2" 2>/dev/null
  say folder "$1|$w|$x|$k|$2|$(printf '%s' "$e" | head -n 1)"
}
try() {
  [ -x "$2" ] || return 0
  v=$("$2" --version 2>&1 </dev/null | head -n 1)
  say node "$1|$v|$2"
}
${folder === undefined ? FOLDERS : `look asked ${quoted(folder)}`}
${nodePath === undefined ? NODES(folder) : `if [ -x ${quoted(nodePath)} ]; then try asked ${quoted(nodePath)}; else say node ${quoted(`asked||${nodePath}`)}; fi`}
say end
`

const FOLDERS = `look cache "\${XDG_CACHE_HOME:-$HOME/.cache}/heddle"
look scratch "\${SCRATCH:+$SCRATCH/.heddle}"
look scratch "\${WORK:+$WORK/.heddle}"
for d in /scratch/$USER /scratch/users/$USER /work/$USER; do [ ! -d "$d" ] || look scratch "$d/.heddle"; done
look temporary "\${TMPDIR:-/tmp}/heddle-cache-$(id -u)"`

const CACHES = `"\${XDG_CACHE_HOME:-$HOME/.cache}/heddle" "\${SCRATCH:-/nonexistent}/.heddle" \
  "\${WORK:-/nonexistent}/.heddle" "\${TMPDIR:-/tmp}/heddle-cache-$(id -u)"`

const NODES = (folder: string | undefined): string => `p=$(command -v node 2>/dev/null) && try path "$p"
for d in ${folder === undefined ? CACHES : quoted(folder)}; do
  for p in "$d"/node/*/package/bin/node; do try cache "$p"; done
done
for p in "$HOME"/.nvm/versions/node/v2[4-9]*/bin/node "$HOME"/.volta/bin/node "$HOME"/.local/bin/node /usr/local/bin/node /opt/node*/bin/node; do try usual "$p"; done`

/** Looks for Nodes that the site offers as modules; a login shell knows them, and may say what it likes first. */
export const moduleScript = (marker: string): string => `${preamble(marker)}
if command -v bash >/dev/null 2>&1; then
  bash -lc 'command -v module >/dev/null && module -t avail 2>&1' </dev/null 2>/dev/null | tr -d '\\r' | grep -iE '^[^ ]*node(js)?[^ ]*/[v0-9]' | sed 's/[*(].*//' | head -n 40 | while IFS= read -r l; do say module "$l"; done
fi
say end
`

/** Loads a module and tells the Node that it brings. */
export const tryModuleScript = (marker: string, module: string): string => `${preamble(marker)}
p=$(bash -lc ${quoted(`module load ${quoted(module)} >/dev/null 2>&1; printf "<%s>" "$(command -v node)"`)} </dev/null 2>/dev/null | tr -d '\\n' | sed 's/.*<\\(.*\\)>.*/\\1/')
if [ -x "$p" ]; then
  v=$(bash -lc ${quoted(`module load ${quoted(module)} >/dev/null 2>&1; printf "<%s>" "$(node --version)"`)} </dev/null 2>/dev/null | tr -d '\\n' | sed 's/.*<\\(.*\\)>.*/\\1/')
  say node "module|$v|$p"
fi
say end
`

export interface UploadScript {
  marker: string
  /** Where the file belongs; a folder of that name when it is a packed one. */
  path: string
  sha256: string
  /** All of it. */
  sizeBytes: number
}

/** A part is of one connection alone, named by its shell; what a dead one left is taken over. */
const partOf = ({ path, sha256 }: UploadScript): string => `t=${quoted(`${path}.${sha256.slice(0, 16)}.part`)}
u="$t.$$"
`

/** Tells how much of a file is there: all of it (`whole`), or so many bytes (`part`). */
export const uploadedScript = (upload: UploadScript): string => `${preamble(upload.marker)}${partOf(upload)}
if [ -e ${quoted(upload.path)} ]; then say whole yes
else
  e=$(mkdir -p ${quoted(upload.path.slice(0, upload.path.lastIndexOf('/')))} 2>&1) || say failed "$e"
  for f in "$t".*; do
    [ -e "$f" ] && ! kill -0 "\${f##*.}" 2>/dev/null && mv "$f" "$u" 2>/dev/null && break
  done
  c=$(wc -c < "$u" 2>/dev/null | tr -d ' '); [ "\${c:-0}" -le ${upload.sizeBytes} ] || { rm -f "$u"; c=0; }
  say part "\${c:-0}"
fi
say end
`

/** Takes what follows the script on its input, so many bytes, checks the whole, and puts it in its place. */
export const uploadScript = (upload: UploadScript, bytes: number, unpack: boolean): string => {
  const { marker, sha256, sizeBytes } = upload
  const path = quoted(upload.path)
  const place = unpack
    ? `elif d=${path}.$$.draft && e=$(mkdir "$d" 2>&1 && tar -xzf "$u" -C "$d" 2>&1 && mv "$d" ${path} 2>&1); then rm -f "$u"; say whole yes
elif [ -d ${path} ]; then rm -rf "$d" "$u"; say whole yes
else rm -rf "$d" "$u"; say failed "$(printf '%s' "$e" | head -n 1)"; fi`
    : `elif e=$(mv "$u" ${path} 2>&1); then say whole yes
else say failed "$e"; fi`
  return `${preamble(marker)}${partOf(upload)}
e=$( { head -c ${bytes} >> "$u"; } 2>&1 ) || { say failed "$(printf '%s' "$e" | head -n 1)"; cat >/dev/null; }
c=$(wc -c < "$u" | tr -d ' ')
h=$( { sha256sum "$u" || shasum -a 256 "$u" || openssl dgst -r -sha256 "$u"; } 2>/dev/null | cut -c 1-64)
if [ "$c" != ${sizeBytes} ]; then say failed "only $c of ${sizeBytes} bytes arrived"
elif [ -n "$h" ] && [ "$h" != ${sha256} ]; then
  rm -f "$u"; say failed "it arrived with another digest"
${place}
say end
`
}

export interface StartScript {
  marker: string
  node: string
  /** The module that brings it. */
  module?: string
  agent: string
}

/** Becomes the agent's end of the link. Its run folders stay where no logout removes them. */
export const startScript = ({ marker, node, module, agent }: StartScript): string => {
  const start = `exec ${quoted(node)} --disable-warning=ExperimentalWarning ${quoted(agent)} attach ${marker}`
  return `unset XDG_RUNTIME_DIR NODE_OPTIONS
${module === undefined ? start : `exec bash -lc ${quoted(`module load ${quoted(module)} >/dev/null 2>&1; ${start}`)}`}
`
}
