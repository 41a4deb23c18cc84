#![no_main]

libfuzzer_sys::fuzz_target!(init: prepare(), |bytes: &[u8]| heapgraph_fuzz::bodies::memory::run(bytes));

fn prepare() {
    heapgraph_fuzz::slim().expect("a core file of a small Python: needs gdb and python3");
    heapgraph_fuzz::write_seeds("memory");
}
