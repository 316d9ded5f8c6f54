# Completion of `git session` and `git-session` for bash, with bash-completion. The program itself says which words
# may come next; this passes questions and answers on.

# The place of the command's own name in `words` is $1. Sets COMPREPLY from `cur`, `words` and `cword`.
__git_session_complete() {
  local IFS=$'\n' reply prefix=
  local replies=($(git ${__git_C_args:+"${__git_C_args[@]}"} session complete-words \
    "${words[@]:$1+1:cword-$1}" 2>/dev/null))
  COMPREPLY=()
  case ${replies[0]-} in
    :files)
      # With no words to offer, bash offers files.
      compopt +o nospace 2>/dev/null
      return
      ;;
    :directories)
      compopt -o filenames +o nospace 2>/dev/null
      COMPREPLY=($(compgen -d -- "$cur"))
      return
      ;;
  esac
  # bash itself keeps what stands before the last break of a word.
  if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then
    prefix=${cur%"${cur##*:}"}
  elif [[ $cur == *=* && $COMP_WORDBREAKS == *=* ]]; then
    prefix=${cur%%=*}=
  fi
  for reply in "${replies[@]}"; do
    reply=${reply%%$'\t'*}
    case $reply in
      *=) COMPREPLY+=("${reply#"$prefix"}") ;;
      *) COMPREPLY+=("${reply#"$prefix"} ") ;;
    esac
  done
}

# Called by git's own completion, which sets `cur`, `words` and `cword`.
_git_session() {
  local place=${__git_cmd_idx:-0}
  # Older ones do not tell where the command stands.
  while ((place < cword)) && [[ ${words[place]} != session ]]; do ((place++)); done
  __git_session_complete "$place"
}

__git_session_main() {
  local cur words cword prev __git_C_args=
  _get_comp_words_by_ref -n =: cur words cword prev
  __git_session_complete 0
}

complete -o bashdefault -o default -o nospace -F __git_session_main git-session
