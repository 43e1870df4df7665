// Empty: ESPHome's own ip_address.h has the addresses of this machine.
