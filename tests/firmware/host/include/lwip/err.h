// lwIP's errors, as far as ESPHome's mqtt asks for them.
#pragma once
using err_t = int;
enum : err_t { ERR_OK = 0, ERR_INPROGRESS = -5, ERR_ARG = -16 };
