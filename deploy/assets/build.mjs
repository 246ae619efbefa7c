// Builds what browsers load: every `services/<room>/pages/<page>/<page>.js|css` becomes `services/<room>/pages/dist/
// <page>-<hash>.js|css`, named in dist/manifest.json. Nothing is fetched; what pages need is bundled here.
import { build } from "esbuild";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const services = path.join(project, "services");

const folders = async (folder) => {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
};

async function entryPoints(pages) {
  const found = [];
  for (const page of (await folders(pages)).sort()) {
    for (const name of (await readdir(path.join(pages, page))).sort()) {
      if (name === `${page}.js` || name === `${page}.css`) found.push(path.join(pages, page, name));
    }
  }
  return found;
}

async function buildRoom(room) {
  const pages = path.join(services, room, "pages");
  const found = await entryPoints(pages);
  if (found.length === 0) return;
  const dist = path.join(pages, "dist");
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  const built = await build({
    entryPoints: found,
    outdir: dist,
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    charset: "utf8",
    // Old web views read reports, old office PCs read queues.
    target: ["es2018", "chrome64", "safari12"],
    // Safari 12 reads it, but for corners that nobody here uses.
    supported: { destructuring: true },
    format: "iife",
    loader: { ".png": "file", ".svg": "file" },
    legalComments: "linked",
    metafile: true,
    logLevel: "warning",
  });
  const manifest = {};
  for (const [output, about] of Object.entries(built.metafile.outputs)) {
    if (about.entryPoint) manifest[path.basename(about.entryPoint)] = path.basename(output);
  }
  await writeFile(path.join(dist, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
  process.stdout.write(`${room}: ${Object.keys(manifest).join(", ")}\n`);
}

for (const room of await folders(services)) await buildRoom(room);
