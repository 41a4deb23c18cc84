// Unpacks the Chromium of the package @sparticuz/chromium with the few libraries it needs, and prints the path of a
// script that starts it. What is there already is used as it is.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";

const folder = process.env.NODE_FOLDER;
const [from, to] = [path.join(folder, "node_modules/@sparticuz/chromium/bin"), path.join(folder, "unpacked")];
const start = path.join(to, "start");
if (!fs.existsSync(start)) {
  fs.rmSync(to, { recursive: true, force: true });
  fs.mkdirSync(to, { recursive: true });
  const unpack = (name) => zlib.brotliDecompressSync(fs.readFileSync(path.join(from, `${name}.br`)));
  fs.writeFileSync(path.join(to, "chromium"), unpack("chromium"), { mode: 0o755 });
  for (const name of ["al2023.tar", "fonts.tar", "swiftshader.tar"]) {
    execFileSync("tar", ["-xf", "-", "-C", to], { input: unpack(name) });
  }
  // Last: its being there says that all is.
  const script = `#!/bin/sh\nLD_LIBRARY_PATH="${to}/lib" FONTCONFIG_PATH="${to}" exec "${to}/chromium" "$@"\n`;
  fs.writeFileSync(start, script, { mode: 0o755 });
}
console.log(start);
