// What Swift sees of libgit2: its public headers, the few `sys` headers that the target `Git`
// needs, and a plain function for each thing that Swift cannot import. No policy lives here.
//
// The GIT_*_OPTIONS_INIT macros have no stand-in: `git_*_options_init(&options, version)` does the
// same, and where libgit2 has no such function an all-zero value with its `version` set does.
#ifndef CLIBGIT2_SHIM_H
#define CLIBGIT2_SHIM_H

#include <git2.h>
#include <git2/sys/odb_backend.h>  // git_odb_backend: to add one to an object database
#include <git2/sys/repository.h>   // git_repository_set_index: keeps libgit2 from loading the user's
#include <stddef.h>

#if defined(__has_include)
#if __has_include(<git2/sys/errors.h>)  // git_error_set_str: in <git2.h> before libgit2 1.8
#include <git2/sys/errors.h>
#endif
#endif

// Swift does not import variadic functions, so each option of `git_libgit2_opts` that is used has
// a function here. They hold for the whole process, need `git_libgit2_init()` first, and return 0
// or a negative `git_error_code`, as `git_libgit2_opts` does.

/// Whether a repository that another user owns is refused (it is, by default).
static inline int clibgit2_set_owner_validation(int enabled) {
  return git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, enabled);
}

/// Whether objects and refs are fsynced as they are written (they are not, by default).
static inline int clibgit2_enable_fsync_gitdir(int enabled) {
  return git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, enabled);
}

/// Whether the content of each object that is read is hashed and compared with its name (it is, by default).
static inline int clibgit2_enable_strict_hash_verification(int enabled) {
  return git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, enabled);
}

/// Repository extensions (`extensions.*`) to accept besides libgit2's own; `!name` refuses one of its own.
/// The names are copied.
static inline int clibgit2_set_extensions(const char **names, size_t count) {
  return git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, names, count);
}

#endif
