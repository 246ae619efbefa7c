"""intake's pure parts: masking, numbers, codes, admission, buckets."""
