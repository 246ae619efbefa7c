"""The bare route: the hops, topics, tables and durability of the product without its logic; what it is compared with.

Nothing of the product is imported: a slow part shared by both would hide in the ratio.
"""
