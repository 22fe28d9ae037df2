// What the purity check must find: each function does one thing that the library must never do.
#include <cassert>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <vector>

namespace impure {

void leave(int status) { std::exit(status); }
void give_up() { std::abort(); }
void print_number(int number) { std::printf("%d\n", number); }
void print_line(const char* line) { std::puts(line); }
void print_error(const char* line) { std::fprintf(stderr, "%s\n", line); }
void stream(int number) { std::cout << number; }
void stream_error(int number) { std::cerr << number; }
// Allowed: std::vector's own exceptions come from the C++ runtime.
void grow(std::vector<int>& numbers) { numbers.push_back(1); }

}  // namespace impure
