"""What a language model may ask and do: which plants are thirsty, how one is, and writing down what was done to it.

Home Assistant's `llm` integration loads this room, where it exists; nothing else here depends on it.
"""

from abc import abstractmethod
from typing import Any, override

import probatio as vol
from homeassistant.components.llm import LLMTools
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.llm import LLM_API_ASSIST, LLMContext, Tool, ToolAnnotations, ToolInput, ToolResult
from homeassistant.helpers.selector import DateTimeSelector
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType

from .answering import MOST_CARE, MOST_PLANTS, THIRST, report, thirst, wants_water_within, who, written
from .const import DOMAIN
from .exposure import Exposed, anything, exposed
from .lib.aioplantops.care import CareKind
from .naming import find, within
from .problems import told

PROMPT = (
    "PlantOps looks after the plants of this home. Ask its tools about them instead of guessing: "
    f"{DOMAIN}__list_thirsty for which plants want water, {DOMAIN}__plant_report for how one plant is, "
    f"{DOMAIN}__log_care only when the user says that something was done. "
    "When a tool answers that several plants fit, ask the user which one is meant."
)
_NAME = vol.Required("plant", description="What the user calls the plant, its species, or an id")
_AREA = vol.Optional("area", description="Where it stands; tells plants of the same name apart")
_TEXT = vol.All(str, vol.Length(min=1, max=500))
_LOOKS = ToolAnnotations(read_only=True, destructive=False, idempotent=True, open_world=False)


class NotMeant(HomeAssistantError):
    """No plant is called so, or several are: the user is to be asked."""

    def __init__(self, words: str, plants: list[Exposed]) -> None:
        """Take the sentence, and the plants that it might have been."""
        super().__init__(words)
        self.plants = plants


class PlantTool(Tool):
    """Something that a model may do with plants; what goes wrong it is told in words."""

    integration = DOMAIN

    @override
    async def async_call(self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext) -> ToolResult:
        """Look at what was said, and do it."""
        said = {name: value for name, value in tool_input.tool_args.items() if value not in (None, "")}
        try:
            return ToolResult(data=await self.answer(hass, self.parameters(said), llm_context))
        except NotMeant as error:
            choices = [{**who(one), "id": str(one.plant.id)} for one in error.plants[:MOST_PLANTS]]
            return ToolResult(data={"error": str(error), "plants": [*choices]}, error=True)
        except (HomeAssistantError, vol.Invalid) as error:
            return ToolResult(data={"error": str(error)}, error=True)

    @abstractmethod
    async def answer(self, hass: HomeAssistant, said: dict[str, Any], llm_context: LLMContext) -> JsonObjectType:
        """Do it. Raises HomeAssistantError."""


class ListThirsty(PlantTool):
    """Which plants want water."""

    name = f"{DOMAIN}__list_thirsty"
    title = "List thirsty plants"
    description = "Lists the plants that want water now, or within some days, the thirstiest first, with the reason."
    annotations = _LOOKS
    parameters = vol.Schema(
        {
            vol.Optional("days", default=0, description="How many days to look ahead; 0 means now"): vol.All(
                vol.Coerce(int), vol.Range(min=0, max=60)
            ),
            _AREA: _TEXT,
        }
    )

    @override
    async def answer(self, hass: HomeAssistant, said: dict[str, Any], llm_context: LLMContext) -> JsonObjectType:
        """Sort the plants by what is known of their thirst."""
        now = dt_util.utcnow()
        heard = _heard(_in(exposed(hass, llm_context.assistant), said.get("area")))
        asked = [one for one in heard if one.facts & THIRST]
        found = {one.plant.id: wants_water_within(one, now, said["days"]) for one in asked}
        thirsty = sorted(
            (one for one in asked if found[one.plant.id]),
            key=lambda one: now if one.plant.next_watering is None else one.plant.next_watering.at,
        )
        answer: JsonObjectType = {"thirsty": [thirst(one, now) for one in thirsty[:MOST_PLANTS]]}
        if len(thirsty) > MOST_PLANTS:
            answer["more"] = len(thirsty) - MOST_PLANTS
        if unknown := [one.name for one in asked if found[one.plant.id] is None]:
            answer["not_known_yet"] = [*unknown[:MOST_PLANTS]]
        if hidden := len(heard) - len(asked):
            answer["note"] = (
                f"Of {hidden} more plants it is not known here: the user has not exposed their entity Needs water "
                "(Settings, Voice assistants, Expose)."
            )
        return answer


class PlantReport(PlantTool):
    """How one plant is."""

    name = f"{DOMAIN}__plant_report"
    title = "Report on a plant"
    description = (
        "Tells how one plant is: health, problems, what its probes measure, when it was and will be watered, "
        "its open tasks, and what was done to it last."
    )
    annotations = _LOOKS
    parameters = vol.Schema({_NAME: _TEXT, _AREA: _TEXT})

    @override
    async def answer(self, hass: HomeAssistant, said: dict[str, Any], llm_context: LLMContext) -> JsonObjectType:
        """Tell what is exposed of it."""
        known = _meant(hass, said, llm_context)
        answer = report(known, dt_util.utcnow())
        if "care" in known.facts:
            with told(known.coordinator):
                done = []
                async for care in known.coordinator.client.care(known.plant.id):
                    done.append(written(care))
                    if len(done) == MOST_CARE:
                        break
            answer["care"] = [*done]
        return answer


class LogCare(PlantTool):
    """Writing down what was done."""

    name = f"{DOMAIN}__log_care"
    title = "Log plant care"
    description = (
        "Writes down that the user has just done something to a plant: watered, fertilised, repotted, pruned, misted, "
        "moved (say moved_to), or a note (say note). It waters nothing by itself."
    )
    annotations = ToolAnnotations(destructive=False, open_world=False)
    parameters = vol.Schema(
        {
            _NAME: _TEXT,
            _AREA: _TEXT,
            vol.Required("kind", default=CareKind.WATERED.value): vol.In(
                [kind.value for kind in CareKind if kind is not CareKind.PHOTO]
            ),
            vol.Optional("note", description="Anything worth remembering"): _TEXT,
            vol.Optional("litres", description="How much water, of a watering"): vol.All(
                vol.Coerce(float), vol.Range(min=0, min_included=False)
            ),
            vol.Optional("moved_to", description="Where it stands now, of a move"): _TEXT,
            vol.Optional("at", description="When it was done; absent: just now"): DateTimeSelector(),
        }
    )

    @override
    async def answer(self, hass: HomeAssistant, said: dict[str, Any], llm_context: LLMContext) -> JsonObjectType:
        """Write it down by the action, so that Home Assistant knows who did it."""
        known = _meant(hass, said, llm_context)
        care: dict[str, Any] = {key: said[key] for key in ("kind", "note", "litres", "at") if key in said}
        if "moved_to" in said:
            care["area"] = said["moved_to"]
        answer = await hass.services.async_call(
            DOMAIN,
            "log_care",
            {ATTR_DEVICE_ID: known.device_id, **care},
            context=llm_context.context,
            blocking=True,
            return_response=True,
        )
        return {**who(known), "written": (answer or {}).get("events")}


def _heard(plants: list[Exposed]) -> list[Exposed]:
    """Keep those whose backend is there. Raises HomeAssistantError when that are none."""
    here = [one for one in plants if one.coordinator.last_update_success]
    if plants and not here:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="cannot_connect",
            translation_placeholders={"reason": str(plants[0].coordinator.last_exception or "")},
        )
    return here


def _in(plants: list[Exposed], area: str | None) -> list[Exposed]:
    """Keep those that stand in an area. Raises NotMeant when that are none."""
    if area is None:
        return plants
    if not (found := [one for one in plants if within(area, one.area or "")]):
        raise NotMeant(f"No plant stands in “{area}”.", plants)
    return found


def _meant(hass: HomeAssistant, said: dict[str, Any], llm_context: LLMContext) -> Exposed:
    """Give the one plant that is meant. Raises NotMeant, HomeAssistantError."""
    plants = exposed(hass, llm_context.assistant)
    found = [one for one in plants if str(one.plant.id) == said["plant"]]
    found = found or find(plants, said["plant"], said.get("area"), lambda one: one.plant.species or "")
    if not found:
        raise NotMeant(f"No plant is called “{said['plant']}” here. These are known:", plants)
    if len(found) > 1:
        raise NotMeant(f"Several plants fit “{said['plant']}”: ask which one, and name its area.", found)
    return _heard(found)[0]


@callback
def async_get_tools(hass: HomeAssistant, llm_context: LLMContext, api_id: str) -> LLMTools | None:
    """Offer the tools to an assistant that may know of any plant."""
    if api_id != LLM_API_ASSIST or not anything(hass, llm_context.assistant):
        return None
    return LLMTools(tools=[ListThirsty(), PlantReport(), LogCare()], prompt=PROMPT)
