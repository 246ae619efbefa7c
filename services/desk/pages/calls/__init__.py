"""Whom somebody has to call, because no message reaches them."""
