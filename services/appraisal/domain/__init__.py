"""What facts come to: kept facts, records of cases, rates, scores, points, grades, bulletins. Pure."""
