// lwIP's look-up of names, by this machine's own.
#pragma once

#include <netdb.h>
#include <netinet/in.h>

#include "lwip/err.h"

enum { LWIP_DNS_ADDRTYPE_IPV4 = 0 };
using dns_found_callback_t = void (*)(const char *name, const in_addr *address, void *argument);

inline err_t dns_gethostbyname_addrtype(const char *name, in_addr *address, dns_found_callback_t, void *, int) {
  addrinfo wanted{}, *found = nullptr;
  wanted.ai_family = AF_INET;
  if (getaddrinfo(name, nullptr, &wanted, &found) != 0)
    return ERR_ARG;
  *address = reinterpret_cast<sockaddr_in *>(found->ai_addr)->sin_addr;
  freeaddrinfo(found);
  return ERR_OK;
}
