// The network transports of a libgit2 that never uses the network.
//
// git-session leaves every fetch and push to the git executable. Yet libgit2's archive contains
// https, http and ssh, which cost a static executable in two ways: libssh2, Kerberos and the TLS
// part of mbedTLS would have to be linked too, though no static Kerberos exists; and
// git_libgit2_init() would parse the system's whole list of certificate authorities, 3 ms at each
// start.
//
// A linker takes a member out of an archive only for a symbol that is still undefined. The
// functions below are all that the rest of libgit2 asks of the members for TLS, ssh and http, so
// with them defined here those members stay out of the executable, and all they need with them.
// Where libgit2 is of a version that asks for more, the link fails: share/install tries it first
// and links the shared libgit2 instead.
//
// Linked only with the package trait StaticLibgit2 (see Package.swift).

#include <git2.h>
#if defined(__has_include)
#if __has_include(<git2/sys/errors.h>)  // git_error_set_str: in <git2.h> before libgit2 1.8
#include <git2/sys/errors.h>
#endif
#endif
#include <git2/sys/stream.h>
#include <git2/sys/transport.h>
#include <stdbool.h>

static int refuse(void) {
  git_error_set_str(GIT_ERROR_NET, "libgit2 is linked without its network transports");
  return GIT_ERROR;
}

// In place of streams/mbedtls.c.

int git_mbedtls_stream_global_init(void) { return 0; }

int git_mbedtls__set_cert_location(const char *file, const char *path) { return refuse(); }

int git_mbedtls_stream_new(git_stream **out, const char *host, const char *port) { return refuse(); }

int git_mbedtls_stream_wrap(git_stream **out, git_stream *in, const char *host) { return refuse(); }

// In place of transports/ssh.c.

int git_transport_ssh_global_init(void) { return 0; }

int git_smart_subtransport_ssh(git_smart_subtransport **out, git_transport *owner, void *param) {
  return refuse();
}

// In place of transports/http.c, the only user of httpclient.c and auth_negotiate.c.

bool git_http__expect_continue = false;

int git_smart_subtransport_http(git_smart_subtransport **out, git_transport *owner, void *param) {
  return refuse();
}
