#pragma once

#include <stddef.h>
#include <stdint.h>

/// Changes size bytes in place to at most maximum_size as libFuzzer does by itself, and returns their new number.
///
/// Source: compiler-rt/lib/fuzzer/FuzzerInterface.h in LLVM.
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maximum_size);
