#include "mean.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,f16c,bmi,bmi2"))), apply_to = function)
#define BLOCK 64
#define KERNELS lawa_mean_avx2
#define CONVERTS_HALF 1
#include "mean_kernel.inc"
#pragma clang attribute pop
#endif
