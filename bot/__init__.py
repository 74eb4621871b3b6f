"""The process: settings, composition root, inbox loop, delivery, command line."""
