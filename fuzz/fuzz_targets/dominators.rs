#![no_main]

libfuzzer_sys::fuzz_target!(init: heapgraph_fuzz::write_seeds("dominators"), |bytes: &[u8]| heapgraph_fuzz::bodies::dominators::run(bytes));
