"""The crash harness: the real process, killed with SIGKILL under load, again and again."""
