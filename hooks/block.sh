# >>> git-session 1 >>>
# By 'git session init'; 'git session init --remove' takes it out again.
git_session=${GIT_DIR:-.git}
[ ! -f "$git_session" ] || read -r _ git_session <"$git_session" || :
if [ -e "$git_session/session/@marker@" ] && [ -z "${GIT_SESSION_HOOK:-}" ]; then
  for git_session in @program@ git-session; do
    command -v "$git_session" >/dev/null 2>&1 || continue
    "$git_session" hook @hook@ "$@" </dev/null >/dev/null || :
    break
  done
fi
# <<< git-session <<<
