"""Every event there is."""

from common.contracts import catalog, dockings, mandates, matcher, notify
from common.contracts.envelope import Event

EVENTS: tuple[type[Event], ...] = (
    catalog.DemandPublished,
    catalog.DemandAmended,
    catalog.DemandClosed,
    catalog.DemandWithdrawn,
    catalog.DemandOpened,
    catalog.DemandCancelled,
    catalog.DemandMerged,
    catalog.DemandAdvanced,
    catalog.QuestionAnswered,
    catalog.AttachmentAttached,
    catalog.AttachmentRemoved,
    catalog.SolicitationOpened,
    catalog.SolicitationAdvanced,
    catalog.SolicitationReminded,
    catalog.SolicitationConcluded,
    catalog.SolutionAdvanced,
    catalog.ValidationAccepted,
    catalog.ValidationLapsed,
    catalog.StepTaken,
    catalog.ContactChanged,
    matcher.MatchComputed,
    matcher.MatchLapsed,
    *dockings.INTEREST_EVENTS,
    *dockings.DOCKING_EVENTS,
    *mandates.MANDATE_EVENTS,
    notify.MatchNotified,
    notify.InterestNotified,
    notify.DockingNotified,
    notify.DemandNotified,
    notify.SolicitationNotified,
    notify.MandateNotified,
    notify.StepNotified,
)
