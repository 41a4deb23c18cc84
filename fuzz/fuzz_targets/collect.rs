#![no_main]

libfuzzer_sys::fuzz_target!(init: heapgraph_fuzz::write_seeds("collect"), |bytes: &[u8]| heapgraph_fuzz::bodies::collect::run(bytes));
