// What every x86-64 (SSE2) and every arm64 (NEON) has.

#include "mean.h"

#define BLOCK 32
#define KERNELS lawa_kernels_baseline
#if defined(__aarch64__)
#define CONVERTS_HALF 1
#define FUSES 1
#else
#define CONVERTS_HALF 0
#define FUSES 0
#endif
#include "mean_kernel.inc"
