// Loads a .heapsnapshot with memlab, which computes dominators and retained sizes as it does.
//
// Prints one line of JSON: seconds, and peak memory.
import {getFullHeapFromFile} from '@memlab/heap-analysis';

const begun = process.hrtime.bigint();
// What memlab says of its progress goes to stdout as well; only the last line is ours.
const heap = await getFullHeapFromFile(process.argv[2]);
const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
const peak = process.resourceUsage().maxRSS * 1024;
const retained = heap.getNodeById(1)?.retainedSize;
console.log('\n' + JSON.stringify({seconds, peak, nodes: heap.nodes.length, retained}));
process.exit(0);
