// A004 buffer-not-rewound: only the first sample arrives.
#include <gtest/gtest.h>

#include "graph/test_support.h"
#include "support/recorded_app.h"

namespace whyzero::rules {
namespace {

using namespace toy;
using nlohmann::json;

std::vector<int> only_first(int rest) {
  std::vector<int> tensors(static_cast<size_t>(recorded_samples()), rest);
  tensors[0] = 0;
  return tensors;
}

TEST(BufferNotRewound, Fires) {
  for (int rest : {-1, 1}) {
    const json document = recorded({}, only_first(rest));
    expect_fires(standard(), document, "A004");
    EXPECT_EQ(standard().diagnose(document).findings.front().proof, evidence::Proof::kTensor);
  }
}

TEST(BufferNotRewound, SilentOnHealthyTwin) {
  expect_silent(standard(), recorded({}));
  // The photos say that all but the first really show the same.
  json document = recorded({}, {0, 1, 1, 1});
  document["input"]["original_images"] = {"photos/100.bmp", "photos/101.bmp", "photos/101.bmp", "photos/101.bmp"};
  EXPECT_EQ(find(standard().diagnose(document), "A004"), nullptr);
}

TEST(BufferNotRewound, FixRestores) {
  const evidence::Finding& finding = standard().diagnose(recorded({}, only_first(-1))).findings.front();
  ASSERT_TRUE(finding.fix);
  EXPECT_EQ(finding.fix->code["java"], "buffer.rewind();");
  expect_silent(standard(), recorded({}));
}

}  // namespace
}  // namespace whyzero::rules
