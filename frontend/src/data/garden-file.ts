/** What a node's firmware is built with, as `plantops firmware secrets` writes it: see docs/firmware.md. */
import type { RegistrationPlace } from "./types.js";

const AUTHORITY = "garden-ca.pem";

/** Write garden.yaml, the last of a node's packages. */
export function gardenFile(place: RegistrationPlace, key: string): string {
  const pem = place.authority?.trim().split("\n") ?? ["…"];
  return `substitutions:
  plantops_url: ${place.url}
  registration_key: ${key}
  mqtt_broker: "${place.mqtt_host}"
  mqtt_port: "${place.mqtt_port}"
  ca_pem: |
${pem.map((line) => `    ${line}`).join("\n")}

http_request:
  ca_certificate_path: ${AUTHORITY}
`;
}
