#include "mean.h"

#if defined(__x86_64__)
// Features, not an architecture: naming the architecture brings a tuning that avoids 512-bit registers.
#pragma clang attribute push(                                                                                          \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512cd,avx2,fma,f16c,bmi,bmi2"))), apply_to = function)
#define BLOCK 128
#define KERNELS lawa_kernels_avx512
#define CONVERTS_HALF 1
#define FUSES 1
#include "mean_kernel.inc"
#pragma clang attribute pop
#endif
