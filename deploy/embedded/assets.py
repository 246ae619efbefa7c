"""Bundles what the pages load: npm's locked packages, then `deploy/assets/build.mjs`; nothing of it is committed."""

from __future__ import annotations

import hashlib

from deploy.embedded.telling import PROJECT, Missing, run, say


def build_assets() -> None:
    """Bundle what the pages load, when a source or the lock file changed since the last time."""
    modules, stamp = PROJECT / "node_modules", PROJECT / ".state" / "assets.sha256"
    sources = sorted(PROJECT.glob("services/*/pages/*/*.js")) + sorted(PROJECT.glob("services/*/pages/*/*.css"))
    sources = [source for source in sources if source.parent.name != "dist"]
    lock = PROJECT / "package-lock.json"
    # Which files there are is part of it: one that went away must not stay in a bundle.
    names = "\n".join(str(source.relative_to(PROJECT)) for source in sources)
    parts = [lock, PROJECT / "deploy" / "assets" / "build.mjs", *sources]
    wanted = hashlib.sha256(names.encode() + b"".join(part.read_bytes() for part in parts)).hexdigest()
    built = (PROJECT / "services" / "chassis" / "pages" / "dist" / "manifest.json").exists()
    if built and stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    installed, locked = modules / "locked.sha256", hashlib.sha256(lock.read_bytes()).hexdigest()
    if not installed.exists() or installed.read_text(encoding="ascii") != locked:
        say("installing what builds the pages")
        if run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]) != 0:
            raise Missing("npm could not install what builds the pages; it says why above. Is a registry reachable?")
        installed.write_text(locked, encoding="ascii")
    say("building the pages")
    if run(["node", "deploy/assets/build.mjs"]) != 0:
        raise Missing("the pages could not be built; esbuild says why above.")
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(wanted, encoding="ascii")
