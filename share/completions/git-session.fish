# Completion of `git session` and `git-session` for fish. The program itself says which words may come next; this passes
# questions and answers on. It is read when fish starts: fish looks for completions of `git` in git's own file alone.

function __git_session_words
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    # What git was told before `session` is not for us.
    while test "$words[1]" = git -a (count $words) -gt 1
        and test "$words[2]" != session
        set -e words[2]
    end
    test "$words[1]" = git
    and set -e words[1]
    set -l replies (git-session complete-words $words[2..] "$current" 2>/dev/null)
    switch "$replies[1]"
        case :files
            __fish_complete_path "$current"
        case :directories
            __fish_complete_directories "$current" ''
        case '*'
            string join -- \n $replies
    end
end

complete -c git-session -f -a '(__git_session_words)'
complete -c git -n __fish_use_subcommand -a session -d 'Save a coding session, look back, go back, and hand over'
complete -c git -f -n '__fish_seen_subcommand_from session' -a '(__git_session_words)'
