"""Domains where strangers share a name: what one of them does says nothing about the next."""

from __future__ import annotations

SHARED_DOMAINS = frozenset(
    """
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com aol.com
    icloud.com me.com mac.com gmx.de gmx.net web.de t-online.de freenet.de orange.fr free.fr laposte.net
    sfr.fr libero.it mail.ru yandex.ru qq.com 163.com 126.com naver.com hanmail.net docomo.ne.jp
    proton.me protonmail.com zoho.com btinternet.com sky.com comcast.net verizon.net att.net cox.net
    shaw.ca bigpond.com seznam.cz wp.pl o2.pl onet.pl hotmail.co.uk hotmail.fr hotmail.de outlook.de
    outlook.fr yahoo.co.uk yahoo.fr yahoo.de yahoo.co.jp yahoo.es yahoo.it
    """.split()  # noqa: SIM905 - sixty names read better as words
)
