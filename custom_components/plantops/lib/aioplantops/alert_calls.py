"""What a client asks about alerts, and what it tells of the weather."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

from .alerts import Alert, AlertKind, AlertSnooze
from .calls import Calls
from .forecast import Forecast, ForecastWish
from .models import Page
from .transport import Query


class AlertCalls(Calls):
    """The part of a client that is about alerts."""

    def alerts(
        self,
        *,
        state: str = "open",
        plant_id: UUID | None = None,
        device_id: str | None = None,
        kind: AlertKind | None = None,
    ) -> AsyncIterator[Alert]:
        """Walk through the alerts, the newest first: those that are `open`, `resolved`, or `all`."""
        chosen = {"plant_id": plant_id, "device_id": device_id, "kind": kind}
        query: Query = {"state": state, **{name: str(value) for name, value in chosen.items() if value is not None}}
        return self._walk(Page[Alert], "/api/v1/alerts", query)

    async def forecast(self) -> Forecast:
        """Give the newest weather forecast."""
        return await self.transport.ask(Forecast, "/api/v1/forecast")

    async def put_forecast(self, forecast: ForecastWish) -> Forecast:
        """Tell the weather to come, in place of what was told before; needs the scope `ingest`. Raises Invalid."""
        return await self.transport.send("PUT", "/api/v1/forecast", Forecast, body=forecast)

    async def alert(self, alert_id: UUID) -> Alert:
        """Give one alert. Raises AlertNotFound."""
        return await self.transport.ask(Alert, f"/api/v1/alerts/{alert_id}")

    async def acknowledge_alert(self, alert_id: UUID) -> Alert:
        """Say that a person knows of an alert. Raises AlertNotFound, AlertResolved."""
        return await self.transport.send("POST", f"/api/v1/alerts/{alert_id}/acknowledge", Alert)

    async def snooze_alert(self, alert_id: UUID, until: datetime) -> Alert:
        """Hear no more of an alert until a time. Raises AlertNotFound, AlertResolved, Invalid."""
        body = AlertSnooze(until=until)
        return await self.transport.send("POST", f"/api/v1/alerts/{alert_id}/snooze", Alert, body=body)

    async def unsnooze_alert(self, alert_id: UUID) -> Alert:
        """Hear of an alert again. Raises AlertNotFound, AlertResolved."""
        return await self.transport.send("POST", f"/api/v1/alerts/{alert_id}/unsnooze", Alert)
