#![no_main]

libfuzzer_sys::fuzz_target!(init: heapgraph_fuzz::write_seeds("components"), |bytes: &[u8]| heapgraph_fuzz::bodies::components::run(bytes));
