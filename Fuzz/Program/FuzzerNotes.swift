// A program of two files has no main of its own: the fuzzer brings it.
