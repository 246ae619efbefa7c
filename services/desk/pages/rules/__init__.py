"""The rules page: version in force and drafts, findings, differences in words, replay, publishing by two persons."""
