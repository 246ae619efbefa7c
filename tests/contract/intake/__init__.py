"""The fakes of intake's ports and PostgreSQL keep the same promises."""
