// Is what the app answers better than guessing?
#pragma once

#include "evidence/case.h"

namespace whyzero::evidence {

/// The app as deployed was measured against truth and does no better than chance: classes that guessing would name as well, numbers
/// that are no nearer than the mean. False where nothing could be measured.
bool at_chance(const Case& a_case);

/// No better than chance, or surely less than a third right: nobody ships that, whatever the classes.
bool seldom_right(const Case& a_case);

/// The app as deployed was measured against truth and leaves something to explain: it runs, and its metric is below 0.9.
bool leaves_to_explain(const Case& a_case);

}  // namespace whyzero::evidence
