// The least that a look at a work tree can cost: lstat of all that the index names and readdir of all folders, by two
// threads. Usage: sweep LIST-OF-FILES LIST-OF-FOLDERS, each a file with names that end with a zero byte, from the
// folder that they lie in.
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct list {
  char **names;
  size_t count;
};

static struct list files, folders;

static struct list read_list(const char *path) {
  struct list list = {NULL, 0};
  struct stat status;
  int descriptor = open(path, O_RDONLY);
  if (descriptor < 0 || fstat(descriptor, &status) != 0) exit(1);
  char *bytes = malloc(status.st_size + 1);
  if (read(descriptor, bytes, status.st_size) != status.st_size) exit(1);
  close(descriptor);
  size_t capacity = 0;
  for (char *name = bytes; name < bytes + status.st_size; name += strlen(name) + 1) {
    if (list.count == capacity) {
      capacity = capacity ? 2 * capacity : 1024;
      list.names = realloc(list.names, capacity * sizeof *list.names);
    }
    list.names[list.count++] = name;
  }
  return list;
}

static void *sweep(void *half) {
  size_t part = (size_t)half;
  struct stat status;
  for (size_t i = part * files.count / 2; i < (part + 1) * files.count / 2; i++) lstat(files.names[i], &status);
  for (size_t i = part * folders.count / 2; i < (part + 1) * folders.count / 2; i++) {
    DIR *folder = opendir(folders.names[i]);
    if (!folder) continue;
    while (readdir(folder)) {}
    closedir(folder);
  }
  return NULL;
}

int main(int count, char **words) {
  if (count != 3) return 2;
  files = read_list(words[1]);
  folders = read_list(words[2]);
  pthread_t other;
  if (pthread_create(&other, NULL, sweep, (void *)1) != 0) return 1;
  sweep((void *)0);
  pthread_join(other, NULL);
  return 0;
}
