// For test_live_quoting.py: reads texts that end in NUL, writes each as the SQL literal of
// src/domain/sql.cpp.
#include <iostream>
#include <string>

#include "domain/sql.hpp"

int main() {
  for (std::string text; std::getline(std::cin, text, '\0');) std::cout << akko::sql_literal(text) << '\0';
}
