"""The SQL of the schema `appraisal`, one file per promise."""
