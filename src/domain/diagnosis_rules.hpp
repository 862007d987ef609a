// The general rules of diagnosis: what the JDK and Trino say, and the texts of each class. Private to
// diagnosis.cpp.
#pragma once

#include <string_view>
#include <vector>

#include "domain/diagnosis.hpp"

namespace akko {

// The texts of a class where no rule has better ones.
struct DiagnosisClass {
  std::string_view code;
  std::string_view message;
  std::string_view fix;
  bool retryable = false;
};
const std::vector<DiagnosisClass>& diagnosis_classes();

// In the order in which they are tried on one cause.
const std::vector<DiagnosisRule>& general_rules();

// The class that one of Trino's error names means whatever the text is; "" for all others.
std::string_view class_of_error_name(std::string_view error_name);

}  // namespace akko
