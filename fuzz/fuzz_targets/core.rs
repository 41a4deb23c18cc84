#![no_main]

libfuzzer_sys::fuzz_target!(init: heapgraph_fuzz::write_seeds("core"), |bytes: &[u8]| heapgraph_fuzz::bodies::core::run(bytes));
