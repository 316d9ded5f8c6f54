#!/bin/sh
# Builds git-session and installs it, with the libraries that it is built with.
set -eu
unset CDPATH

usage() {
  cat <<'END'
usage: share/install [--prefix DIR] [--no-demo]
       share/install --dependencies-only

Builds git-session, installs it as DIR/bin/git-session and shows it at work in a scratch
repository.

  --prefix DIR          where to install (default: ~/.local)
  --no-demo             install, and show nothing
  --dependencies-only   see to the libraries that it is built with, and stop
  -h, --help            print this text

Missing libraries are installed with apt-get on Debian and Ubuntu, with sudo unless you are
root. On other systems the packages to install are named.
END
}

say() { printf '==> %s\n' "$*"; }
run() {
  printf '+ %s\n' "$*"
  "$@"
}
fail() {
  printf 'install: %s\n' "$*" >&2
  exit 1
}

have_libraries() {
  command -v pkg-config >/dev/null || return 1
  pkg-config --exists 'libgit2 >= 1.5' libdeflate || return 1
  # macOS brings its own SQLite and zlib, which pkg-config does not know.
  [ "$system" = Darwin ] || pkg-config --exists sqlite3 zlib
}

install_libraries() {
  have_libraries && return
  if command -v apt-get >/dev/null; then
    say 'Installing the libraries that git-session is built with'
    sudo=
    [ "$(id -u)" -eq 0 ] || sudo=sudo
    run $sudo apt-get update --quiet
    run $sudo env DEBIAN_FRONTEND=noninteractive \
      apt-get install --quiet --yes --no-install-recommends pkg-config libgit2-dev libsqlite3-dev zlib1g-dev libdeflate-dev
    have_libraries || fail "libgit2 1.5 or newer and libdeflate are needed, here is libgit2 $(pkg-config --modversion libgit2)"
  else
    fail "libgit2 1.5 or newer, SQLite, zlib, libdeflate and pkg-config are needed: $(packages)"
  fi
}

packages() {
  family=$system
  [ ! -r /etc/os-release ] || family=$(. /etc/os-release && printf '%s' "${ID:-} ${ID_LIKE:-}")
  case $family in
    Darwin) echo 'brew install libgit2 libdeflate pkgconf' ;;
    *fedora* | *rhel*) echo 'sudo dnf install libgit2-devel sqlite-devel zlib-devel libdeflate-devel pkgconf' ;;
    *arch*) echo 'sudo pacman -S libgit2 sqlite zlib libdeflate pkgconf' ;;
    *suse*) echo 'sudo zypper install libgit2-devel sqlite3-devel zlib-devel libdeflate-devel pkgconf' ;;
    *) echo 'install them with the package manager of this system, headers included' ;;
  esac
}

# Whether a static executable with this system's libgit2 links, and libgit2 starts in it.
# The libraries are those that Package.swift names, and SQLite.
can_link_statically() {
  [ "$system" = Linux ] || return 1
  compiler=clang
  command -v clang >/dev/null || compiler=cc
  cat >"$scratch/probe.c" <<'END'
#include <git2.h>
#include <libdeflate.h>
#include <sqlite3.h>
int main(void) {
  return git_libgit2_init() > 0 && sqlite3_initialize() == SQLITE_OK && libdeflate_alloc_compressor(1) ? 0 : 1;
}
END
  "$compiler" -static -o "$scratch/probe" "$scratch/probe.c" Sources/CNetworkStubs/NetworkStubs.c \
    -lgit2 -lpcre2-8 -lhttp_parser -lmbedcrypto -lz -ldeflate -lsqlite3 -lm >"$scratch/probe.log" 2>&1 &&
    "$scratch/probe"
}

prefix=
demo=yes
dependencies_only=no
while [ $# -gt 0 ]; do
  case $1 in
    --prefix)
      [ $# -gt 1 ] || fail '--prefix needs a folder'
      prefix=$2
      shift
      ;;
    --prefix=*) prefix=${1#--prefix=} ;;
    --no-demo) demo=no ;;
    --dependencies-only) dependencies_only=yes ;;
    -h | --help)
      usage
      exit
      ;;
    *)
      usage >&2
      exit 64
      ;;
  esac
  shift
done

system=$(uname -s)
for tool in git swift; do
  command -v $tool >/dev/null || fail "$tool is needed (Swift 6.2 or newer: https://www.swift.org/install)"
done
install_libraries
[ $dependencies_only = no ] || exit 0

# Both are made absolute before the change of folder.
prefix=${prefix:-${HOME:?}/.local}
mkdir -p "$prefix/bin"
prefix=$(cd "$prefix" && pwd)
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

set -- --configuration release --product git-session --scratch-path .build/install
# lld comes with Swift; unlike other linkers it does not care in which order archives are named.
linker='-Xswiftc -use-ld=lld -Xlinker -s'
if can_link_statically; then
  say 'Building git-session as a static executable'
  run swift build "$@" $linker --traits StaticLibgit2 -Xswiftc -static-executable
elif [ "$system" = Linux ]; then
  say 'Building git-session with the shared libgit2: a static one cannot be linked here'
  [ ! -s "$scratch/probe.log" ] || tail -n 3 "$scratch/probe.log"
  run swift build "$@" $linker --static-swift-stdlib
else
  say 'Building git-session'
  run swift build "$@"
fi

# Renamed into place, so that a running git-session goes on undisturbed.
cp "$(swift build "$@" --show-bin-path)/git-session" "$prefix/bin/.git-session.new"
mv -f "$prefix/bin/.git-session.new" "$prefix/bin/git-session"
say "Installed $prefix/bin/git-session"
if [ -d share/man ]; then
  mkdir -p "$prefix/share/man"
  cp -R share/man/. "$prefix/share/man/"
fi
# Each where its shell looks. zsh does so if this folder is on its fpath.
copy() {
  mkdir -p "$prefix/share/$2"
  cp "share/completions/$1" "$prefix/share/$2/$3"
}
copy git-session.bash bash-completion/completions git-session
copy _git-session zsh/site-functions _git-session
copy git-session.fish fish/vendor_conf.d git-session.fish
for part in agents templates; do
  [ -d share/$part ] || continue
  mkdir -p "$prefix/share/git-session/$part"
  cp -R share/$part/. "$prefix/share/git-session/$part/"
done

case ":$PATH:" in
  *":$prefix/bin:"*) ;;
  *)
    say "$prefix/bin is not on your PATH, so git does not find it yet. Add to your shell's profile:"
    printf '    export PATH="%s/bin:$PATH"\n' "$prefix"
    ;;
esac

if [ $demo = yes ] && [ -x share/demo ]; then
  say 'A demonstration, in a scratch repository'
  PATH="$prefix/bin:$PATH" share/demo
fi
