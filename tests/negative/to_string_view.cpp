// expect: conversion from '.*Email.* requested|no viable conversion from .*Email
#include "case.h"

std::size_t length(const Email& email, Serve& access) {
#ifdef WRONG
  (void)access;
  const std::string_view text = email;
#else
  const std::string_view text = open(email, access);
#endif
  return text.size();
}
