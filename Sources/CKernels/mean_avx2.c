#include "mean.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,bmi,bmi2"))), apply_to = function)
#define BLOCK 64
#define KERNELS lawa_kernels_avx2
#define CONVERTS_HALF 1
#define FUSES 1
#include "mean_kernel.inc"
#pragma clang attribute pop
#endif
