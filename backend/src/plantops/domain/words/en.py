"""What the backend says to people, in English."""

from types import MappingProxyType

from aioplantops.alerts import AlertKind
from aioplantops.care import Basis, CareKind
from aioplantops.irrigation import WateringReason
from aioplantops.tasks import TaskKind

from .sentences import AlertWords, CareWords, NewsWords, OutlookWords, ProbeWords, WaterWords, Words

_ALERTS = AlertWords(
    begun=MappingProxyType(
        {
            AlertKind.SOIL_MOISTURE_LOW: "{name} is too dry",
            AlertKind.SOIL_MOISTURE_HIGH: "{name} is too wet",
            AlertKind.TEMPERATURE_LOW: "{name} is too cold",
            AlertKind.TEMPERATURE_HIGH: "{name} is too warm",
            AlertKind.HUMIDITY_LOW: "{name} stands in air that is too dry",
            AlertKind.HUMIDITY_HIGH: "{name} stands in air that is too humid",
            AlertKind.SOIL_CONDUCTIVITY_LOW: "{name} has too few nutrients",
            AlertKind.SOIL_CONDUCTIVITY_HIGH: "{name} has too much salt in its soil",
            AlertKind.DLI_LOW: "{name} gets too little light",
            AlertKind.DLI_HIGH: "{name} gets too much light",
            AlertKind.DEVICE_SILENT: "{name} says nothing any more",
            AlertKind.SENSOR_FAULT: "{name} has a sensor that cannot be right",
            AlertKind.BATTERY_LOW: "{name} needs a fresh battery",
            AlertKind.FROST: "{name} may get too cold outside",
            AlertKind.IRRIGATION_FAILED: "{name} was not watered as it should have been",
            AlertKind.LEAK: "{name} may be leaking",
            AlertKind.RESERVOIR_EMPTY: "{name} has no water left",
        }
    ),
    past=MappingProxyType(
        {
            AlertKind.SOIL_MOISTURE_LOW: "{name} is moist enough again",
            AlertKind.SOIL_MOISTURE_HIGH: "{name} is no longer too wet",
            AlertKind.TEMPERATURE_LOW: "{name} is warm enough again",
            AlertKind.TEMPERATURE_HIGH: "{name} is no longer too warm",
            AlertKind.HUMIDITY_LOW: "{name} has humid enough air again",
            AlertKind.HUMIDITY_HIGH: "{name} has dry enough air again",
            AlertKind.SOIL_CONDUCTIVITY_LOW: "{name} has enough nutrients again",
            AlertKind.SOIL_CONDUCTIVITY_HIGH: "{name} has less salt in its soil again",
            AlertKind.DLI_LOW: "{name} gets enough light again",
            AlertKind.DLI_HIGH: "{name} no longer gets too much light",
            AlertKind.DEVICE_SILENT: "{name} is heard again",
            AlertKind.SENSOR_FAULT: "{name} makes sense again",
            AlertKind.BATTERY_LOW: "{name} has a good battery again",
            AlertKind.FROST: "{name} need not fear the cold outside any more",
            AlertKind.IRRIGATION_FAILED: "{name} is watered as it should be again",
            AlertKind.LEAK: "{name} no longer seems to leak",
            AlertKind.RESERVOIR_EMPTY: "{name} has water again",
        }
    ),
    felt=MappingProxyType(
        {
            AlertKind.SOIL_MOISTURE_LOW: "The soil of {name} is at {value}, below its {bound}: it wants water.",
            AlertKind.SOIL_MOISTURE_HIGH: (
                "The soil of {name} is at {value} and stays above its {bound}: its roots need air. Empty the saucer,"
                " and wait with the next watering."
            ),
            AlertKind.TEMPERATURE_LOW: "{name} has {value}, below its {bound}: it stands too cold.",
            AlertKind.TEMPERATURE_HIGH: "{name} has {value}, above its {bound}: it stands too warm.",
            AlertKind.HUMIDITY_LOW: ("The air at {name} has {value} humidity, below its {bound}: mist it, or move it."),
            AlertKind.HUMIDITY_HIGH: "The air at {name} has {value} humidity, above its {bound}: air the room.",
            AlertKind.SOIL_CONDUCTIVITY_LOW: (
                "The soil of {name} conducts {value}, below its {bound}: it has few nutrients left. Fertilise it."
            ),
            AlertKind.SOIL_CONDUCTIVITY_HIGH: (
                "The soil of {name} conducts {value}, above its {bound}: it has too much salt. Flush it with water,"
                " and fertilise less."
            ),
            AlertKind.DLI_LOW: (
                "{name} has got {value} of light a day lately, less than its {bound}: move it to the window, or light"
                " it."
            ),
            AlertKind.DLI_HIGH: "{name} has got {value} of light a day lately, more than its {bound}: shade it.",
        }
    ),
    back="It is at {value} again.",
    unbounded="It has no such bound any more.",
    unserved="No channel measures it any more.",
    unmeasured="Nothing was measured of it yet.",
    uncalibrated="Its probe is not calibrated.",
    settling="It was watered; the surplus has to run out first.",
    dry="Dry soil conducts little: it is judged again once it is watered.",
    old="Its device sends old readings; the newest are still to come.",
    battery="The battery of {name} is at {value}.",
    battery_about="The battery of {name} is at {value}; as it falls, it will be empty about {day}.",
    battery_between=(
        "The battery of {name} is at {value}; as it falls, it will be empty between {earliest} and {latest}."
    ),
    battery_back="Its battery is at {value} again.",
    stuck="{name} has said exactly {value} for a day, which it never did before: it seems to be stuck.",
    jumps="{name} jumps by {swing} and more within an hour, again and again: look at its wires.",
    impossible="{name} says {value}, which cannot be: it is broken, or unplugged.",
    misjudged="{name} says {value}, which cannot be: its calibration is wrong, or it is broken.",
    mute="{name} has said nothing since {since}, while its device does.",
    doubted="Its sensor “{name}” cannot be right.",
    sound="What its sensors say makes sense again.",
    frost=(
        "{value} are forecast for {at}: too cold for {name} outside, which bears no less than {bound}. Take it in, or"
        " cover it."
    ),
    mild="At least {value} are forecast for the next days.",
    no_forecast="Nobody tells the weather any more.",
    inside="It stands inside now.",
    dim="Too little was measured of its light lately.",
    light="The last days brought {value} a day.",
    silent="{name} has said nothing since {since}.",
    silent_usually="{name} has said nothing since {since}; usually it is heard {every}.",
    lost="The broker lost it on {at}.",
    silent_advice="Look at its power and Wi-Fi.",
    heard="It was heard again on {at}.",
    every_few_minutes="every few minutes",
    every_minutes="every {count} minutes",
    every_hours=("every hour", "every {count} hours"),
)

_NEWS = NewsWords(
    still="Still: {title}",
    unacknowledged="{words} It has been so for {span}; nobody has acknowledged it.",
    for_hours=("an hour", "{count} hours"),
    for_days=("a day", "{count} days"),
    refused_title="Nobody is told any more on the channel “{name}”",
    refused="{words} Change the channel, or press its test button once it works again.",
    untold=(
        "One piece of news before could not be told in time: see the garden.",
        "{count} pieces of news before could not be told in time: see the garden.",
    ),
    more_news="… and {count} more: see the garden.",
    more=", and {count} more",
    test_title="PlantOps can reach you here",
    test="This is a test of the channel “{name}”. What happens in your garden will be told like this.",
)

_OUTLOOK = OutlookWords(
    by_log="It was watered about every {span}, as the care log tells.",
    days="{count} days",
    hours="{count} hours",
    aims=MappingProxyType(
        {
            Basis.THRESHOLD: "the {target} % that it shall not fall below",
            Basis.HABIT: "the {target} % at which it is usually watered",
            Basis.BEGINNING: "{target} %, at which most plants want water; its own habit is not known yet",
        }
    ),
    reached="The soil is at {level} %: it has reached {aim}.",
    falling="The soil is at {level} % and loses {loss} % a day on its way to {aim}; learnt {learnt}.",
    by_others="from what other pots do",
    learnt=("from 1 dry-down", "from {count} dry-downs"),
    drift_dry=(
        "The soil is watered when this probe shows {now} %, which is drier than the dry point of its calibration:"
        " calibrate it again, dry end first."
    ),
    drift=(
        "After thorough waterings this probe shows {now} %, where it showed {was} %: it has drifted, or stands in"
        " other soil by now. Calibrate it again."
    ),
)

_PROBE = ProbeWords(
    none="No reading came yet: wait until the device reports.",
    apart=(
        "The last {count} readings lie {spread} {unit} apart, and should within {tolerance} {unit}: wait until the"
        " soil has settled."
    ),
    silent="The last reading came {minutes} minutes ago: is the device still awake?",
    few="{count} of {fewest} readings came: wait for {lack} more.",
    short="The readings cover {covered} s only: wait for another {left} s.",
)

_WATER = WaterWords(
    objections=MappingProxyType(
        {
            WateringReason.HOUSE_OFF: "Irrigation is switched off in the whole house.",
            WateringReason.IRRIGATOR_OFF: "This irrigator is switched off.",
            WateringReason.BLOCKED: "This irrigator is blocked until a person clears it: {why}",
            WateringReason.NO_VALVE: "The device does not say that it has this valve.",
            WateringReason.DEVICE_OFFLINE: "The device is not there.",
            WateringReason.BUSY: "The device is watering already.",
            WateringReason.TOO_LONG: "One watering may last {most} s at most; {seconds} s is longer.",
            WateringReason.DAILY_MAXIMUM: "The daily maximum of {most} s leaves {left} s for today.",
            WateringReason.LEAK: "The leak sensor is wet.",
            WateringReason.LEAK_UNKNOWN: "The leak sensor has been silent for more than an hour.",
            WateringReason.RESERVOIR_EMPTY: "The reservoir is empty: {level} %, and {least} % is the least.",
            WateringReason.RESERVOIR_UNKNOWN: (
                "The reservoir's level is not known: its sensor has been silent for more than an hour."
            ),
            WateringReason.PAUSE: "The pause after the last watering is not over: {wait}.",
            WateringReason.PLANT_WET: "{name} is wet: {moisture} %, and {high} % is its upper bound.",
            WateringReason.JUST_SOAKED: "{name} was soaked through less than a day ago.",
            WateringReason.PROBE_SILENT: "The probe of {name} has been silent for more than two hours.",
            WateringReason.PROBE_FAULTY: "The probe of {name} is faulty.",
        }
    ),
    pause=("1 more minute", "{count} more minutes"),
    no_probe="{name} has no soil probe.",
    unread_probe="The probe of {name} is not calibrated, or has said nothing yet.",
    leak_valve="The valve is open though its time is over.",
    leak_flow="Water runs ({flow} L/min) though nothing should.",
    falls="The reservoir fell from {first} % to {last} % while nothing was watered.",
    stays_off="{name}: {why} It stays off until somebody clears it.",
    empty="The reservoir of {name} is empty: {level} %, and {least} % is the least.",
    filled="It was filled up: {level} %.",
    refused="The device refused, and did not say why.",
    expired="The command came too late; nothing was watered.",
    failed="The device says that the watering failed.",
    unanswered=("The device never said how the last watering ended: nobody knows whether water flowed, and how much."),
    answered="The device answered after all.",
    dry=(
        "The soil of {name} did not get wetter within {minutes} minutes after the last watering ({before} % before,"
        " {after} % since): look at hose, pump and probe."
    ),
    the_plant="The plant",
    wetter="The soil got wetter.",
    looked_after="Somebody looked after it.",
    begun_title="{name} is being watered",
    begun="{irrigator} waters by itself for {seconds} s.",
    begun_litres="{irrigator} waters by itself for {seconds} s, about {litres} l.",
)

_CARE = CareWords(
    to_do=MappingProxyType(
        {
            TaskKind.WATERED: "Water {plant}",
            TaskKind.FERTILISED: "Fertilise {plant}",
            TaskKind.REPOTTED: "Repot {plant}",
            TaskKind.PRUNED: "Prune {plant}",
            TaskKind.MISTED: "Mist {plant}",
            TaskKind.MOVED: "Move {plant}",
            TaskKind.PHOTO: "Take a picture of {plant}",
        }
    ),
    the_plants="the plants",
    done=MappingProxyType(
        {
            CareKind.WATERED: "Watered {plant}",
            CareKind.FERTILISED: "Fertilised {plant}",
            CareKind.REPOTTED: "Repotted {plant}",
            CareKind.PRUNED: "Pruned {plant}",
            CareKind.MISTED: "Misted {plant}",
            CareKind.MOVED: "Moved {plant}",
            CareKind.NOTE: "Note about {plant}",
            CareKind.PHOTO: "Photo of {plant}",
        }
    ),
    a_plant="a plant",
    seen="Seen in its soil.",
    ticked="{title}: done.",
    plants="Plants",
    to_be_done="To do",
    was_done="Done",
)

ENGLISH = Words(
    point=".",
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    day="{day} {month}",
    moment="{day} {month}, {time}",
    stamp="{day} {month}, {time}",
    alerts=_ALERTS,
    news=_NEWS,
    outlook=_OUTLOOK,
    probe=_PROBE,
    water=_WATER,
    care=_CARE,
)
