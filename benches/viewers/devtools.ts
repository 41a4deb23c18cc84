// Loads a .heapsnapshot as the Memory panel of Chrome DevTools does: its own loader and analyser, on its two workers.
//
// Prints one line of JSON: seconds until dominators and retained sizes are there, and peak memory.
import * as fs from 'node:fs';
import {MessageChannel, Worker, isMainThread, workerData} from 'node:worker_threads';

import {SecondaryInitManager} from 'devtools/entrypoints/heap_snapshot_worker/HeapSnapshot.js';
import {HeapSnapshotLoader} from 'devtools/entrypoints/heap_snapshot_worker/HeapSnapshotLoader.js';

// Node 20 is without it.
Promise.withResolvers ??= function withResolvers() {
  const parts: any = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, {resolve, reject}));
  return parts;
};

async function main(file: string) {
  const begun = process.hrtime.bigint();
  const channel = new MessageChannel();
  const second = new Worker(process.argv[1], {workerData: channel.port2, transferList: [channel.port2]});
  const loader = new HeapSnapshotLoader({sendEvent() {}} as any);
  const chunks = fs.createReadStream(file, {encoding: 'latin1', highWaterMark: 1 << 20});
  chunks.on('data', chunk => loader.write(chunk as string));
  chunks.on('end', () => loader.close());
  const snapshot: any = await loader.buildSnapshot(channel.port1 as any);
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
  const root = snapshot.rootNode();
  const peak = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({seconds, peak, nodes: snapshot.nodeCount, retained: root.retainedSize()}));
  await second.terminate();
  process.exit(0);
}

if (isMainThread) {
  void main(process.argv[2]);
} else {
  new SecondaryInitManager(workerData);
}
