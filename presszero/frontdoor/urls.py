"""The front door's addresses."""

from __future__ import annotations

from .chat.urls import urlpatterns as chat
from .form.urls import urlpatterns as form
from .here.urls import urlpatterns as here
from .pay.urls import urlpatterns as pay
from .ring.urls import urlpatterns as ring
from .say.urls import urlpatterns as say
from .talk.urls import urlpatterns as talk

urlpatterns = [*chat, *form, *here, *pay, *ring, *say, *talk]
