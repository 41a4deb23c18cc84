#![no_main]

libfuzzer_sys::fuzz_target!(init: heapgraph_fuzz::write_seeds("cycles"), |bytes: &[u8]| heapgraph_fuzz::bodies::cycles::run(bytes));
