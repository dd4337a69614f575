"""Backups: taking one while the service runs, and making a service of one."""
