// A function in a process of its own: answers, and every way in which it can fail to.
#include "runtime/child.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <thread>

#include "graph/test_support.h"

namespace whyzero::runtime {
namespace {

using Bytes = std::vector<uint8_t>;

/// Does what the first byte of the request says.
Bytes obey(std::span<const uint8_t> request) {
  switch (request[0]) {
    case 'c':
      ::fputs("first line\nERROR: the tensor is upside down\nfreed\n", stderr);
      ::fflush(stderr);
      ::raise(SIGSEGV);
      break;
    case 'x':
      ::_exit(3);
    case 'h':
      for (;;) ::pause();
    case 'm': {
      std::vector<uint8_t> much(size_t{1} << 40);
      return {much[12345]};
    }
    default:
      break;
  }
  return Bytes(request.rbegin(), request.rend());
}

std::unique_ptr<Child> child(double seconds = 60) {
  auto made = Child::start("The toy", {.max_seconds = seconds}, obey);
  EXPECT_TRUE(made) << made.error().text();
  return std::move(*made);
}

std::string error_of(Child& child, Bytes request, const Progress* progress = nullptr) {
  const auto reply = child.call(request, progress);
  return reply ? std::string() : std::string(error_code_name(reply.error().code)) + " " + reply.error().text();
}

TEST(ChildTest, AnswersAgainAndAgain) {
  const auto one = child(), other = child();
  EXPECT_EQ(*one->call(Bytes{1, 2, 3}), (Bytes{3, 2, 1}));
  const Bytes large(3'000'000, 7);  // more than a socket buffers
  EXPECT_EQ(*other->call(large), large);
  EXPECT_EQ(*one->call(Bytes{4}), (Bytes{4}));
}

TEST(ChildTest, ACrashIsAnErrorThatNamesTheSignalAndTheLastWords) {
  const auto crashing = child();
  const std::string why = error_of(*crashing, {'c'});
  EXPECT_TRUE(graph::contains(why, "signal 11 (SIGSEGV)")) << why;
  EXPECT_TRUE(graph::contains(why, "the tensor is upside down")) << why;
  EXPECT_FALSE(graph::contains(why, "first line")) << why;
  EXPECT_EQ(error_of(*crashing, {1}), why) << "it stays ended";
}

TEST(ChildTest, AnEndWithoutAnAnswerIsAnError) {
  EXPECT_TRUE(graph::contains(error_of(*child(), {'x'}), "The toy ended"));
}

#ifndef __SANITIZE_ADDRESS__
TEST(ChildTest, MemoryIsLimited) {
  EXPECT_TRUE(graph::contains(error_of(*child(), {'m'}), "SIGABRT"));
}
#endif

TEST(ChildTest, SilenceAndCancellationEndIt) {
  EXPECT_TRUE(graph::contains(error_of(*child(0.2), {'h'}), "no answer within 0.2 s"));
  Progress progress;
  const auto hanging = child();
  std::thread user([&] { progress.cancel(); });
  EXPECT_TRUE(graph::contains(error_of(*hanging, {'h'}, &progress), "cancelled"));
  user.join();
}

TEST(ChildTest, StartsWhereThreadsRun) {
  std::vector<std::thread> threads;
  std::vector<int> right(8);
  for (size_t k = 0; k < right.size(); ++k)
    threads.emplace_back([&right, k] {
      for (int i = 0; i < 5; ++i) {
        auto made = Child::start("The toy", {}, obey);
        right[k] += made && *(*made)->call(Bytes{1, 2}) == Bytes{2, 1};
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (int count : right) EXPECT_EQ(count, 5);
}

}  // namespace
}  // namespace whyzero::runtime
