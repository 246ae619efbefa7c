"""How units are judged from below: facts of cases and notices become rates, scores, points, grades and the bulletin.

Reads `case.progressed.v1` and `notice.issued.v1`; writes notices of bursts. Owns the schema `appraisal`: `facts` and
`notices` can be rebuilt from the topics, what was published and its corrections cannot.
"""
