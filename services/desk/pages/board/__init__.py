"""`/board`: the command center's live page; its pictures come from the board service, its acts go through the desk."""
