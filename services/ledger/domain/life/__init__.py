"""The life of a case, one file per part of it; `table` joins them."""
