"""What every page is made of: its words, its look, its built assets, its answer. Knows no case and no department."""
