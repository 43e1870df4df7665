"""The addresses of care, a part of the table in `routes`: what was done, and what is to be done."""

from aioplantops.calendar import (
    CalendarFeed,
    CalendarFeedCreate,
    CalendarFeedCreated,
    CalendarFeedNotFound,
    TooManyCalendarFeeds,
)
from aioplantops.care import AbsencePlan, CareChange, CareEvent, CareEventDetected, CareEventNotFound, CareLog
from aioplantops.errors import PlantNotFound, SpanInvalid, TooLarge, TooSlow, Unavailable
from aioplantops.models import Page, Scope
from aioplantops.photos import KINDS, Photo, PhotoInvalid, PhotoNotFound, PhotoUnsupported, TooManyPhotos
from aioplantops.tasks import (
    CareTask,
    TaskClosed,
    TaskComplete,
    TaskNotFound,
    TaskNotUndone,
    TaskRule,
    TaskRuleAutomatic,
    TaskRuleChange,
    TaskRuleCreate,
    TaskRuleNotFound,
    TaskSnooze,
    TooManyTaskRules,
)

from . import calendars, care, photos, tasks
from .limits import Rate
from .lists import ListQuery
from .route import Route

# fmt: off
CARE_ROUTES: tuple[Route, ...] = (
    Route("GET", "/api/v1/plants/{plant_id}/care", care.list_all, Scope.READ,
          "List what was done to a plant, the newest first: written down, or seen in its soil.",
          query=ListQuery, answer=Page[CareEvent], errors=(PlantNotFound,)),
    Route("POST", "/api/v1/plants/{plant_id}/care", care.log, Scope.CARE,
          "Write down what was done to a plant: watered, fertilised, repotted, pruned, misted, moved, or a note.",
          body=CareLog, answer=CareEvent, status=201, errors=(PlantNotFound,)),
    Route("PATCH", "/api/v1/plants/{plant_id}/care/{event_id}", care.change, Scope.CARE,
          "Correct what was written down.", body=CareChange, answer=CareEvent,
          errors=(PlantNotFound, CareEventNotFound, CareEventDetected)),
    Route("DELETE", "/api/v1/plants/{plant_id}/care/{event_id}", care.remove, Scope.CARE,
          "Take back what was written down, or dismiss a watering that was none.",
          status=204, errors=(PlantNotFound, CareEventNotFound)),
    Route("GET", "/api/v1/care", care.house, Scope.READ, "List what was done in the whole house, the newest first.",
          query=care.HouseQuery, answer=Page[CareEvent], errors=(PlantNotFound,)),
    Route("GET", "/api/v1/plants/{plant_id}/photos", photos.list_all, Scope.READ,
          "List a plant's pictures, the newest first.", query=ListQuery, answer=Page[Photo], errors=(PlantNotFound,)),
    Route("POST", "/api/v1/plants/{plant_id}/photos", photos.add, Scope.CARE,
          "Keep a picture of a plant: the body is the picture itself.",
          query=photos.PhotoQuery, takes=KINDS, answer=Photo, status=201,
          errors=(PlantNotFound, PhotoInvalid, PhotoUnsupported, TooManyPhotos, TooLarge, TooSlow)),
    Route("GET", "/api/v1/plants/{plant_id}/photos/{photo_id}", photos.show, Scope.READ, "Give a picture.",
          media="image/jpeg", errors=(PlantNotFound, PhotoNotFound)),
    Route("GET", "/api/v1/plants/{plant_id}/photos/{photo_id}/thumbnail", photos.thumbnail, Scope.READ,
          "Give a small picture, of at most 320 pixels a side.",
          media="image/jpeg", errors=(PlantNotFound, PhotoNotFound)),
    Route("DELETE", "/api/v1/plants/{plant_id}/photos/{photo_id}", photos.remove, Scope.CARE,
          "Remove a picture, and its entry in the care log.", status=204, errors=(PlantNotFound, PhotoNotFound)),
    Route("GET", "/api/v1/tasks", tasks.list_all, Scope.READ, "List what is to be done, the most urgent first.",
          query=tasks.TaskQuery, answer=Page[CareTask], errors=(PlantNotFound,)),
    Route("POST", "/api/v1/tasks/{task_id}/complete", tasks.complete, Scope.CARE,
          "Say that a task was done; asking again answers the same.",
          body=TaskComplete, answer=CareTask, errors=(TaskNotFound, TaskClosed)),
    Route("POST", "/api/v1/tasks/{task_id}/snooze", tasks.snooze, Scope.CARE, "Put a task off.",
          body=TaskSnooze, answer=CareTask, errors=(TaskNotFound, TaskClosed)),
    Route("POST", "/api/v1/tasks/{task_id}/skip", tasks.skip, Scope.CARE, "Leave a task out this time.",
          status=204, errors=(TaskNotFound, TaskClosed)),
    Route("POST", "/api/v1/tasks/{task_id}/undo", tasks.undo, Scope.CARE,
          "Let a task be open again that was done or left out.",
          answer=CareTask, errors=(TaskNotFound, TaskNotUndone)),
    Route("GET", "/api/v1/task-rules", tasks.list_rules, Scope.READ, "List the rules by which tasks come again.",
          query=tasks.TaskRuleQuery, answer=Page[TaskRule], errors=(PlantNotFound,)),
    Route("POST", "/api/v1/task-rules", tasks.create_rule, Scope.GARDEN, "Make a rule, of a plant or of the house.",
          body=TaskRuleCreate, answer=TaskRule, status=201, errors=(PlantNotFound, TooManyTaskRules)),
    Route("GET", "/api/v1/task-rules/{rule_id}", tasks.show_rule, Scope.READ, "Give a rule.",
          answer=TaskRule, errors=(TaskRuleNotFound,)),
    Route("PATCH", "/api/v1/task-rules/{rule_id}", tasks.change_rule, Scope.GARDEN,
          "Change a rule; its open task is planned anew.",
          body=TaskRuleChange, answer=TaskRule, errors=(TaskRuleNotFound,)),
    Route("DELETE", "/api/v1/task-rules/{rule_id}", tasks.remove_rule, Scope.GARDEN,
          "Remove a rule and its open task; what was done stays in the log.",
          status=204, errors=(TaskRuleNotFound, TaskRuleAutomatic)),
    Route("GET", "/api/v1/calendar-feeds", calendars.list_all, Scope.ADMIN, "List the calendar feeds.",
          query=calendars.CalendarFeedQuery, answer=Page[CalendarFeed]),
    Route("POST", "/api/v1/calendar-feeds", calendars.create, Scope.ADMIN,
          "Make an address at which a calendar reads the garden's; it is shown once.",
          body=CalendarFeedCreate, answer=CalendarFeedCreated, status=201, errors=(TooManyCalendarFeeds,)),
    Route("DELETE", "/api/v1/calendar-feeds/{feed_id}", calendars.remove, Scope.ADMIN,
          "Make a calendar feed worthless at once.", status=204, errors=(CalendarFeedNotFound,)),
    Route("GET", "/api/v1/calendar/{secret}.ics", calendars.read, None,
          "Give the calendar of the past year and of what is to be done; who knows the secret may read it.",
          media="text/calendar", rate=Rate.CALENDAR, errors=(CalendarFeedNotFound, Unavailable)),
    Route("GET", "/api/v1/absence", care.absence, Scope.READ,
          "Tell who must be watered before you leave, and who needs a visit until you are back.",
          query=care.AbsenceQuery, answer=AbsencePlan, errors=(SpanInvalid,)),
)
# fmt: on
