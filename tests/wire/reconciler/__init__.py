"""The reconciler: what is lost is sent again, and nothing else."""
