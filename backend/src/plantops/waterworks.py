"""What gives water and looks after it: built once, for the front door."""

from dataclasses import dataclass

from plantops.bootstrap import now
from plantops.ops.metrics import Metrics
from plantops.services.garden import Garden
from plantops.services.irrigation_automatic import Automaton
from plantops.services.irrigation_orders import IrrigationOrders
from plantops.services.irrigation_results import IrrigationResults
from plantops.services.irrigation_soil import SoilJudge
from plantops.services.irrigation_watch import Irrigation, IrrigationWatch
from plantops.services.news import News
from plantops.settings import Settings
from plantops.storage.pool import Database


@dataclass(frozen=True, slots=True)
class Waterworks:
    """Who takes orders, and who hears results and watches."""

    orders: IrrigationOrders
    irrigation: Irrigation


def waterworks(settings: Settings, database: Database, garden: Garden, news: News, metrics: Metrics) -> Waterworks:
    """Build them."""
    zone, tongue = settings.zone, settings.tongue
    orders = IrrigationOrders(database, garden, zone, news=news, metrics=metrics, clock=now, tongue=tongue)
    watch = IrrigationWatch(
        database,
        soil=SoilJudge(database, tongue),
        automaton=Automaton(database, garden, zone, orders=orders, tongue=tongue),
        news=news,
        metrics=metrics,
        clock=now,
        tongue=tongue,
    )
    return Waterworks(orders, Irrigation(IrrigationResults(news=news, metrics=metrics, tongue=tongue), watch))
