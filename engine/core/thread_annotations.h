// Words for what a mutex guards, which clang's thread-safety analysis checks (-Wthread-safety); nothing to
// other compilers. The locks that they need are in mutex.h.
#pragma once

#if defined(__clang__)
#define BALMER_THREAD_ANNOTATION(words) __attribute__((words))
#else
#define BALMER_THREAD_ANNOTATION(words)
#endif

/// A member that is read and written under the mutex only.
#define BALMER_GUARDED_BY(mutex) BALMER_THREAD_ANNOTATION(guarded_by(mutex))
/// What a pointer points to, likewise.
#define BALMER_POINTEE_GUARDED_BY(mutex) BALMER_THREAD_ANNOTATION(pt_guarded_by(mutex))
/// A function, or a lambda, that is called with the mutex held.
#define BALMER_REQUIRES(...) BALMER_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
/// A function that takes the mutex itself, and so must not be called with it held.
#define BALMER_EXCLUDES(...) BALMER_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))
/// A function that the analysis cannot follow; say why beside it.
#define BALMER_NOT_ANALYSED BALMER_THREAD_ANNOTATION(no_thread_safety_analysis)

#define BALMER_CAPABILITY(name) BALMER_THREAD_ANNOTATION(capability(name))
#define BALMER_SCOPED_CAPABILITY BALMER_THREAD_ANNOTATION(scoped_lockable)
#define BALMER_ACQUIRE(...) BALMER_THREAD_ANNOTATION(acquire_capability(__VA_ARGS__))
#define BALMER_TRY_ACQUIRE(...) BALMER_THREAD_ANNOTATION(try_acquire_capability(__VA_ARGS__))
#define BALMER_RELEASE(...) BALMER_THREAD_ANNOTATION(release_capability(__VA_ARGS__))
