// expect: conversion from '.*Email.* requested|no viable conversion from .*Email
#include "case.h"

std::string text(const Email& email, Serve& access) {
#ifdef WRONG
  (void)access;
  std::string text = email;
  return text;
#else
  return open(email, access);
#endif
}
