#![no_main]

libfuzzer_sys::fuzz_target!(init: heapgraph_fuzz::write_seeds("labels"), |bytes: &[u8]| heapgraph_fuzz::bodies::labels::run(bytes));
