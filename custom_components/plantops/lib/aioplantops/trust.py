"""Whose certificate is believed, and what to say when it is another one."""

from ssl import SSLContext

from aiohttp import ClientConnectorCertificateError, Fingerprint, ServerFingerprintMismatch

from .errors import CannotConnect, CertificateUntrusted

type Trust = SSLContext | Fingerprint | bool
"""True: the authorities that the session believes; a context: those in it; a fingerprint: this certificate alone."""


def unreachable(error: OSError | Exception) -> CannotConnect:
    """Tell why a connection did not come about."""
    if isinstance(error, ClientConnectorCertificateError):
        return CertificateUntrusted(f"The backend's certificate is not trusted: {error.certificate_error}.")
    if isinstance(error, ServerFingerprintMismatch):
        return CertificateUntrusted(
            f"The backend shows another certificate than the one that is trusted, with the fingerprint"
            f" {error.got.hex(':').upper()}."
        )
    return CannotConnect(f"The PlantOps backend cannot be reached: {error or type(error).__name__}.")
