#![no_main]

libfuzzer_sys::fuzz_target!(init: prepare(), |bytes: &[u8]| heapgraph_fuzz::bodies::parquet::run(bytes));

fn prepare() {
    // Panics of the parquet crate are caught where it decodes; libFuzzer's hook would end the process before that.
    // What is caught nowhere still ends it.
    std::panic::set_hook(Box::new(|_| {}));
    heapgraph_fuzz::write_seeds("parquet");
}
