"""The command line: sets up, asks and repairs the system; one file per noun. Reads settings `WHISTLE_CLI_*`.

Exit status of every command: 0 done, 1 refused or a check failed, 2 used wrongly, 3 something needed is not reachable.
"""
