#![no_main]

libfuzzer_sys::fuzz_target!(init: heapgraph_fuzz::write_seeds("memory"), |bytes: &[u8]| heapgraph_fuzz::bodies::memory::run(bytes));
