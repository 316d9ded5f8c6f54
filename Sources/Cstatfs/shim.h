#pragma once
#ifdef __linux__
#include <sys/statfs.h>
#endif
