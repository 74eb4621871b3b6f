"""What owners hear of the work that time sets off."""

from dataclasses import dataclass

from templates.messages import Message, message


@message("jobs/job_failed")
@dataclass(frozen=True)
class JobFailed(Message):
    """Something that was due could not be done; it is tried again by itself."""

    job: str
    subject: int
    error_class: str
