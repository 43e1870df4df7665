"""Was das Backend den Menschen sagt, auf Deutsch."""

from types import MappingProxyType

from aioplantops.alerts import AlertKind
from aioplantops.care import Basis, CareKind
from aioplantops.irrigation import WateringReason
from aioplantops.tasks import TaskKind

from .sentences import AlertWords, CareWords, NewsWords, OutlookWords, ProbeWords, WaterWords, Words

_ALERTS = AlertWords(
    begun=MappingProxyType(
        {
            AlertKind.SOIL_MOISTURE_LOW: "{name} ist zu trocken",
            AlertKind.SOIL_MOISTURE_HIGH: "{name} ist zu nass",
            AlertKind.TEMPERATURE_LOW: "{name} steht zu kalt",
            AlertKind.TEMPERATURE_HIGH: "{name} steht zu warm",
            AlertKind.HUMIDITY_LOW: "{name} steht in zu trockener Luft",
            AlertKind.HUMIDITY_HIGH: "{name} steht in zu feuchter Luft",
            AlertKind.SOIL_CONDUCTIVITY_LOW: "{name} hat zu wenig Nährstoffe",
            AlertKind.SOIL_CONDUCTIVITY_HIGH: "{name} hat zu viel Salz im Boden",
            AlertKind.DLI_LOW: "{name} bekommt zu wenig Licht",
            AlertKind.DLI_HIGH: "{name} bekommt zu viel Licht",
            AlertKind.DEVICE_SILENT: "{name} meldet sich nicht mehr",
            AlertKind.SENSOR_FAULT: "{name} hat einen Sensor, der nicht stimmen kann",
            AlertKind.BATTERY_LOW: "{name} braucht eine frische Batterie",
            AlertKind.FROST: "Für {name} kann es draußen zu kalt werden",
            AlertKind.IRRIGATION_FAILED: "{name} hat nicht so gegossen, wie es sein sollte",
            AlertKind.LEAK: "{name} ist vielleicht undicht",
            AlertKind.RESERVOIR_EMPTY: "{name} hat kein Wasser mehr",
        }
    ),
    past=MappingProxyType(
        {
            AlertKind.SOIL_MOISTURE_LOW: "{name} ist wieder feucht genug",
            AlertKind.SOIL_MOISTURE_HIGH: "{name} ist nicht mehr zu nass",
            AlertKind.TEMPERATURE_LOW: "{name} steht wieder warm genug",
            AlertKind.TEMPERATURE_HIGH: "{name} steht nicht mehr zu warm",
            AlertKind.HUMIDITY_LOW: "{name} steht wieder in feuchterer Luft",
            AlertKind.HUMIDITY_HIGH: "{name} steht nicht mehr in zu feuchter Luft",
            AlertKind.SOIL_CONDUCTIVITY_LOW: "{name} hat wieder genug Nährstoffe",
            AlertKind.SOIL_CONDUCTIVITY_HIGH: "{name} hat nicht mehr zu viel Salz im Boden",
            AlertKind.DLI_LOW: "{name} bekommt wieder genug Licht",
            AlertKind.DLI_HIGH: "{name} bekommt nicht mehr zu viel Licht",
            AlertKind.DEVICE_SILENT: "{name} meldet sich wieder",
            AlertKind.SENSOR_FAULT: "{name} misst wieder glaubhaft",
            AlertKind.BATTERY_LOW: "{name} hat wieder eine gute Batterie",
            AlertKind.FROST: "Für {name} wird es draußen nicht mehr zu kalt",
            AlertKind.IRRIGATION_FAILED: "{name} gießt wieder, wie es sein soll",
            AlertKind.LEAK: "{name} scheint nicht mehr undicht zu sein",
            AlertKind.RESERVOIR_EMPTY: "{name} hat wieder Wasser",
        }
    ),
    felt=MappingProxyType(
        {
            AlertKind.SOIL_MOISTURE_LOW: (
                "Der Boden von {name} ist bei {value}, unter der Grenze von {bound}: Zeit zu gießen."
            ),
            AlertKind.SOIL_MOISTURE_HIGH: (
                "Der Boden von {name} ist bei {value} und bleibt über der Grenze von {bound}: Die Wurzeln brauchen"
                " Luft. Bitte den Untersetzer leeren und mit dem nächsten Gießen warten."
            ),
            AlertKind.TEMPERATURE_LOW: "{name} hat {value}, unter der Grenze von {bound}: Der Platz ist zu kalt.",
            AlertKind.TEMPERATURE_HIGH: "{name} hat {value}, über der Grenze von {bound}: Der Platz ist zu warm.",
            AlertKind.HUMIDITY_LOW: (
                "Die Luft bei {name} hat {value} Feuchte, unter der Grenze von {bound}: besprühen oder umstellen."
            ),
            AlertKind.HUMIDITY_HIGH: "Die Luft bei {name} hat {value} Feuchte, über der Grenze von {bound}: lüften.",
            AlertKind.SOIL_CONDUCTIVITY_LOW: (
                "Der Boden von {name} leitet mit {value}, unter der Grenze von {bound}: Er hat kaum noch Nährstoffe."
                " Bitte düngen."
            ),
            AlertKind.SOIL_CONDUCTIVITY_HIGH: (
                "Der Boden von {name} leitet mit {value}, über der Grenze von {bound}: Er enthält zu viel Salz. Bitte"
                " mit Wasser durchspülen und weniger düngen."
            ),
            AlertKind.DLI_LOW: (
                "{name} bekam zuletzt {value} Licht am Tag, weniger als {bound}: näher ans Fenster stellen oder"
                " beleuchten."
            ),
            AlertKind.DLI_HIGH: "{name} bekam zuletzt {value} Licht am Tag, mehr als {bound}: schattieren.",
        }
    ),
    back="Wieder bei {value}.",
    unbounded="Dafür gilt keine Grenze mehr.",
    unserved="Kein Kanal misst das noch.",
    unmeasured="Davon wurde noch nichts gemessen.",
    uncalibrated="Der Fühler ist nicht kalibriert.",
    settling="Es wurde gegossen; erst muss ablaufen, was zu viel ist.",
    dry="Trockener Boden leitet wenig: Das wird wieder beurteilt, wenn gegossen ist.",
    old="Das Gerät sendet alte Werte; die neuesten kommen noch.",
    battery="Die Batterie von {name} ist bei {value}.",
    battery_about="Die Batterie von {name} ist bei {value}; so, wie sie nachlässt, ist sie etwa am {day} leer.",
    battery_between=(
        "Die Batterie von {name} ist bei {value}; so, wie sie nachlässt, ist sie zwischen dem {earliest} und dem"
        " {latest} leer."
    ),
    battery_back="Die Batterie ist wieder bei {value}.",
    stuck="{name} zeigt seit einem Tag genau {value}, was es noch nie gab: Der Sensor hängt anscheinend fest.",
    jumps="{name} springt immer wieder innerhalb einer Stunde um {swing} und mehr: bitte die Kabel ansehen.",
    impossible="{name} zeigt {value}, was nicht sein kann: Der Sensor ist kaputt oder nicht angeschlossen.",
    misjudged="{name} zeigt {value}, was nicht sein kann: Die Kalibrierung ist falsch, oder der Sensor ist kaputt.",
    mute="{name} hat seit dem {since} nichts mehr gemeldet, das Gerät aber schon.",
    doubted="Der Sensor „{name}“ kann nicht stimmen.",
    sound="Was die Sensoren melden, ist wieder glaubhaft.",
    frost=(
        "Für den {at} sind {value} vorhergesagt: zu kalt für {name} draußen, wo {bound} die Grenze sind. Bitte"
        " hereinholen oder abdecken."
    ),
    mild="Für die nächsten Tage sind mindestens {value} vorhergesagt.",
    no_forecast="Es kommt keine Wettervorhersage mehr.",
    inside="Die Pflanze steht jetzt drinnen.",
    dim="Vom Licht wurde zuletzt zu wenig gemessen.",
    light="Die letzten Tage brachten {value} am Tag.",
    silent="{name} hat sich seit dem {since} nicht gemeldet.",
    silent_usually="{name} hat sich seit dem {since} nicht gemeldet, gewöhnlich aber {every}.",
    lost="Der Broker hat das Gerät am {at} verloren.",
    silent_advice="Bitte nach Strom und WLAN sehen.",
    heard="Am {at} kam wieder eine Meldung.",
    every_few_minutes="alle paar Minuten",
    every_minutes="alle {count} Minuten",
    every_hours=("jede Stunde", "alle {count} Stunden"),
)

_NEWS = NewsWords(
    still="Noch immer: {title}",
    unacknowledged="{words} So ist es seit {span}; noch hat es niemand zur Kenntnis genommen.",
    for_hours=("einer Stunde", "{count} Stunden"),
    for_days=("einem Tag", "{count} Tagen"),
    refused_title="Über den Kanal „{name}“ erfährt niemand mehr etwas",
    refused="{words} Bitte den Kanal ändern, oder den Probeknopf drücken, sobald er wieder geht.",
    untold=(
        "Eine frühere Nachricht kam nicht rechtzeitig an: bitte im Garten nachsehen.",
        "{count} frühere Nachrichten kamen nicht rechtzeitig an: bitte im Garten nachsehen.",
    ),
    more_news="… und {count} weitere: bitte im Garten nachsehen.",
    more=", und {count} weitere",
    test_title="Nachrichten von PlantOps kommen hier an",
    test="Das ist eine Probe des Kanals „{name}“. So kommt an, was im Garten geschieht.",
)

_OUTLOOK = OutlookWords(
    by_log="Laut Pflegebuch wurde etwa alle {span} gegossen.",
    days="{count} Tage",
    hours="{count} Stunden",
    aims=MappingProxyType(
        {
            Basis.THRESHOLD: "die untere Grenze ({target} %)",
            Basis.HABIT: "die Feuchte, bei der gewöhnlich gegossen wird ({target} %)",
            Basis.BEGINNING: (
                "die Feuchte, bei der die meisten Pflanzen Wasser wollen ({target} %; die eigene Gewohnheit ist noch"
                " nicht bekannt)"
            ),
        }
    ),
    reached="Der Boden ist bei {level} %. Erreicht ist {aim}.",
    falling="Der Boden ist bei {level} % und verliert {loss} % am Tag, bis erreicht ist: {aim}. Gelernt {learnt}.",
    by_others="von anderen Töpfen",
    learnt=("aus 1 Trockenphase", "aus {count} Trockenphasen"),
    drift_dry=(
        "Gegossen wird, wenn dieser Fühler {now} % zeigt, also trockener als der trockene Punkt seiner Kalibrierung:"
        " bitte neu kalibrieren, das trockene Ende zuerst."
    ),
    drift=(
        "Nach gründlichem Gießen zeigt dieser Fühler {now} %, früher waren es {was} %: Er ist gewandert oder steckt"
        " inzwischen in anderer Erde. Bitte neu kalibrieren."
    ),
)

_PROBE = ProbeWords(
    none="Noch kam kein Wert: bitte warten, bis das Gerät sich meldet.",
    apart=(
        "Die letzten {count} Werte liegen {spread} {unit} auseinander, und sollten es höchstens {tolerance} {unit}:"
        " bitte warten, bis der Boden zur Ruhe gekommen ist."
    ),
    silent="Der letzte Wert kam vor {minutes} Minuten: Ist das Gerät noch wach?",
    few="{count} von {fewest} Werten kamen: bitte noch auf {lack} warten.",
    short="Die Werte umfassen erst {covered} s: bitte noch {left} s warten.",
)

_WATER = WaterWords(
    objections=MappingProxyType(
        {
            WateringReason.HOUSE_OFF: "Die Bewässerung ist im ganzen Haus ausgeschaltet.",
            WateringReason.IRRIGATOR_OFF: "Diese Bewässerung ist ausgeschaltet.",
            WateringReason.BLOCKED: "Diese Bewässerung ist gesperrt, bis jemand nachgesehen hat: {why}",
            WateringReason.NO_VALVE: "Das Gerät sagt nicht, dass es dieses Ventil hat.",
            WateringReason.DEVICE_OFFLINE: "Das Gerät ist nicht da.",
            WateringReason.BUSY: "Das Gerät gießt schon.",
            WateringReason.TOO_LONG: "Ein Gießen darf höchstens {most} s dauern; {seconds} s sind mehr.",
            WateringReason.DAILY_MAXIMUM: "Von {most} s am Tag sind für heute {left} s übrig.",
            WateringReason.LEAK: "Der Wassermelder ist nass.",
            WateringReason.LEAK_UNKNOWN: "Der Wassermelder schweigt seit mehr als einer Stunde.",
            WateringReason.RESERVOIR_EMPTY: "Der Behälter ist leer: {level} %, und {least} % müssen es sein.",
            WateringReason.RESERVOIR_UNKNOWN: (
                "Der Füllstand des Behälters ist nicht bekannt: Sein Sensor schweigt seit mehr als einer Stunde."
            ),
            WateringReason.PAUSE: "Die Pause nach dem letzten Gießen ist nicht vorbei: {wait}.",
            WateringReason.PLANT_WET: "{name} ist nass: {moisture} %, und {high} % sind die obere Grenze.",
            WateringReason.JUST_SOAKED: "{name} wurde vor weniger als einem Tag durchnässt.",
            WateringReason.PROBE_SILENT: "Der Fühler von {name} schweigt seit mehr als zwei Stunden.",
            WateringReason.PROBE_FAULTY: "Der Fühler von {name} ist gestört.",
        }
    ),
    pause=("noch 1 Minute", "noch {count} Minuten"),
    no_probe="{name} hat keinen Fühler im Boden.",
    unread_probe="Der Fühler von {name} ist nicht kalibriert oder hat noch nichts gemeldet.",
    leak_valve="Das Ventil ist offen, obwohl seine Zeit um ist.",
    leak_flow="Wasser läuft ({flow} L/min), obwohl keines laufen sollte.",
    falls="Der Behälter fiel von {first} % auf {last} %, ohne dass gegossen wurde.",
    stays_off="{name}: {why} Die Bewässerung bleibt aus, bis jemand nachgesehen hat.",
    empty="Der Behälter von {name} ist leer: {level} %, und {least} % müssen es sein.",
    filled="Der Behälter ist wieder gefüllt: {level} %.",
    refused="Das Gerät hat abgelehnt, ohne zu sagen, warum.",
    expired="Der Auftrag kam zu spät; es wurde nicht gegossen.",
    failed="Das Gerät meldet, dass das Gießen misslungen ist.",
    unanswered=(
        "Das Gerät hat nie gemeldet, wie das letzte Gießen endete: Niemand weiß, ob Wasser floss, und wie viel."
    ),
    answered="Das Gerät hat doch noch geantwortet.",
    dry=(
        "Der Boden von {name} wurde nach dem letzten Gießen innerhalb von {minutes} Minuten nicht feuchter (vorher"
        " {before} %, seither {after} %): bitte nach Schlauch, Pumpe und Fühler sehen."
    ),
    the_plant="Die Pflanze",
    wetter="Der Boden wurde feuchter.",
    looked_after="Jemand hat nachgesehen.",
    begun_title="{name} wird gegossen",
    begun="{irrigator} gießt von selbst {seconds} s lang.",
    begun_litres="{irrigator} gießt von selbst {seconds} s lang, etwa {litres} l.",
)

_CARE = CareWords(
    to_do=MappingProxyType(
        {
            TaskKind.WATERED: "{plant} gießen",
            TaskKind.FERTILISED: "{plant} düngen",
            TaskKind.REPOTTED: "{plant} umtopfen",
            TaskKind.PRUNED: "{plant} schneiden",
            TaskKind.MISTED: "{plant} besprühen",
            TaskKind.MOVED: "{plant} umstellen",
            TaskKind.PHOTO: "{plant} fotografieren",
        }
    ),
    the_plants="Pflanzen",
    done=MappingProxyType(
        {
            CareKind.WATERED: "{plant} gegossen",
            CareKind.FERTILISED: "{plant} gedüngt",
            CareKind.REPOTTED: "{plant} umgetopft",
            CareKind.PRUNED: "{plant} geschnitten",
            CareKind.MISTED: "{plant} besprüht",
            CareKind.MOVED: "{plant} umgestellt",
            CareKind.NOTE: "Notiz zu {plant}",
            CareKind.PHOTO: "Foto von {plant}",
        }
    ),
    a_plant="Pflanze",
    seen="Im Boden gesehen.",
    ticked="{title}: erledigt.",
    plants="Pflanzen",
    to_be_done="Zu tun",
    was_done="Erledigt",
)

GERMAN = Words(
    point=",",
    months=(
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ),
    day="{day}. {month}",
    moment="{day}. {month} um {time} Uhr",
    stamp="{day}. {month}, {time}",
    alerts=_ALERTS,
    news=_NEWS,
    outlook=_OUTLOOK,
    probe=_PROBE,
    water=_WATER,
    care=_CARE,
)
