// Decodes sixels with the decoder of xterm.js: `sixel.mjs FILE PIXELS` writes RGBA to PIXELS, prints width and height.
import fs from "node:fs";
import { createRequire } from "node:module";

const { decodeAsync } = createRequire(`${process.env.NODE_FOLDER}/`)("sixel");
const text = fs.readFileSync(process.argv[2], "latin1");
// Between the device control string's introducer, parameters and `q`, and its end.
const body = text.slice(text.indexOf("q") + 1, text.lastIndexOf("\x1b\\"));
const { width, height, data32 } = await decodeAsync(body, { memoryLimit: 1 << 28 });
fs.writeFileSync(process.argv[3], Buffer.from(data32.buffer, data32.byteOffset, width * height * 4));
console.log(`${width} ${height}`);
