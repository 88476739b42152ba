// BALMER_FOR_EACH_PROCESSOR before a function: compiled for AVX-512, for AVX2 and FMA, and for any x86-64, of
// which the processor's own is called. Only for functions that call nothing and are called seldom enough for
// an indirect call. Where the compiler or a sanitizer cannot do it, the function is compiled once.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) &&     \
    !defined(__SANITIZE_THREAD__)
#define BALMER_FOR_EACH_PROCESSOR                                                                            \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define BALMER_FOR_EACH_PROCESSOR
#endif
