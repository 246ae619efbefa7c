"""`/counter`: what somebody says or brings on paper at a counter, taken in by a clerk in their name (S3-04)."""
