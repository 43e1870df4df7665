// What the component needs of ESP-IDF.
#pragma once
#define RTC_NOINIT_ATTR
