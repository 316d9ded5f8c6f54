# >>> git-session 1 >>>
# By 'git session init'; 'git session init --remove' takes it out again.
git_session=${GIT_DIR:-.git}
[ ! -f "$git_session" ] || read -r _ git_session <"$git_session" || :
if [ -e "$git_session/session/@marker@" ] && [ -z "${GIT_SESSION_HOOK:-}" ]; then
  # What git writes to this hook is read here, and given to what follows once more.
  git_session_input=$(cat)
  for git_session in @program@ git-session; do
    command -v "$git_session" >/dev/null 2>&1 || continue
    "$git_session" hook @hook@ "$@" >/dev/null <<GIT_SESSION_INPUT || :
$git_session_input
GIT_SESSION_INPUT
    break
  done
  # A document has at least one line, which would be one too many.
  [ -n "$git_session_input" ] || exec </dev/null
  [ -z "$git_session_input" ] || exec <<GIT_SESSION_INPUT
$git_session_input
GIT_SESSION_INPUT
fi
# <<< git-session <<<
