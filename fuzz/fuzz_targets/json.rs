#![no_main]

libfuzzer_sys::fuzz_target!(init: heapgraph_fuzz::write_seeds("json"), |bytes: &[u8]| heapgraph_fuzz::bodies::json::run(bytes));
