"""What `whistle doctor` looks at, one file per thing that can be ill; each check names its remedy."""
