"""`/report`: one screen, one hand, on an old phone, with or without JavaScript."""
